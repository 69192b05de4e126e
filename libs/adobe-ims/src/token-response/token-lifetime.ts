import { later, millis, type Instant, type Millis } from '#libs/tokens';

import { GRANTS, type GrantKind } from '../grants/grant.ts';
import type { TokenClaims } from './token-claims.ts';

/** IMS grants 24 hours; a lifetime beyond twice that means a wrong unit. */
const MAX_LIFE = 48 * 3_600_000;
/** As seconds this is 115 days: a larger `expires_in` must be milliseconds. */
const MAX_AS_SECONDS = 10_000_000;
/**
 * Seconds and milliseconds differ by a factor of 1000: at most one of them lies within this factor of the
 * claims.
 */
const TOLERANCE = 30;

/** The facts from which `tokenExpiry` computes a token's end. */
export interface LifetimeFacts {
  /** `expires_in` of the response; null when missing, NaN when not a number. */
  readonly expiresIn: number | null;
  readonly claims: TokenClaims | null;
  readonly grant: GrantKind;
  /** When the request was sent. IMS cannot have minted the token earlier. */
  readonly issuedAt: Instant;
  readonly now: Instant;
}

/** Why a token's lifetime is implausible. */
export interface LifetimeProblem {
  /** A clause for a diagnosis. */
  readonly problem: string;
  /** Whether a wrong clock explains it. */
  readonly suspectsClock: boolean;
}

/**
 * When a token expires by this machine's clock: the earlier of its claims and `expires_in` after the request.
 */
export function tokenExpiry(facts: LifetimeFacts): Instant | LifetimeProblem {
  const { expiresIn, claims, issuedAt, now } = facts;
  if (expiresIn !== null && !(expiresIn > 0)) {
    return implausible(`expires_in is ${Number.isNaN(expiresIn) ? 'no number' : String(expiresIn)}`);
  }
  const ends: Instant[] = [];
  if (expiresIn !== null) ends.push(later(issuedAt, toLife(expiresIn, facts)));
  if (claims !== null) ends.push(claims.expiresAt);
  if (ends.length === 0) return implausible('neither the answer nor the token itself says how long it lives');
  const expiresAt = Math.floor(Math.min(...ends)) as Instant;
  if (!(expiresAt - issuedAt <= MAX_LIFE)) {
    return implausible('it would live for more than 48 hours, which IMS does not grant');
  }
  if (expiresAt <= now)
    return { problem: 'it has already expired by the clock of this machine', suspectsClock: true };
  return expiresAt;
}

/**
 * Adobe's own clients confuse the units, so the token's claims decide between the grant's unit and the other
 * one. Without claims a number that is too large for seconds is milliseconds. A number that looks small for
 * milliseconds stays milliseconds: the token may be short-lived, and a lifetime read as too short only causes
 * an early renewal.
 */
function toLife(expiresIn: number, { claims, grant }: LifetimeFacts): Millis {
  const asMillis = millis(expiresIn);
  const asSeconds = millis(expiresIn * 1000);
  const usual = millis(expiresIn * GRANTS[grant].expiresInUnit);
  const other = usual === asMillis ? asSeconds : asMillis;
  if (claims !== null) return isNear(other, claims.life) ? other : usual;
  return expiresIn > MAX_AS_SECONDS ? asMillis : usual;
}

const isNear = (reading: Millis, life: Millis): boolean =>
  reading < life * TOLERANCE && reading > life / TOLERANCE;

const implausible = (problem: string): LifetimeProblem => ({ problem, suspectsClock: false });
