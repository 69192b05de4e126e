import { later, millis, type Instant, type Millis } from '#libs/tokens';

import type { Grant } from './grant.ts';
import type { TokenClaims } from './token-claims.ts';

/** IMS gives a day; twice that is a unit gone wrong. */
const MAX_LIFE = 48 * 3_600_000;
/** As seconds this would be 115 days: such a number can only be milliseconds. */
const SURELY_MILLIS = 10_000_000;
/** Seconds and milliseconds are a factor of 1000 apart: at most one reading lies within this factor of the claims. */
const NEAR = 30;

/** The parts a token's end is found from. */
export interface LifetimeFacts {
  /** `expires_in` of the answer; null where it has none, NaN where it is no number. */
  readonly expiresIn: number | null;
  readonly claims: TokenClaims | null;
  readonly grant: Grant;
  /** When the request was sent; IMS cannot have minted the token earlier. */
  readonly issuedAt: Instant;
  readonly now: Instant;
}

/** Why a token's life makes no sense, in words for a diagnosis. */
export interface LifetimeProblem {
  readonly problem: string;
  /** Whether a clock that is wrong explains it. */
  readonly suspectsClock: boolean;
}

/** When a token ends by our clock: the earlier of what its claims say and `expires_in` after the request. */
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
 * Milliseconds in the JWT exchange, seconds in `client_credentials`; Adobe's own clients mix them up, so the token's
 * claims have the last word. Without claims a number too large for seconds is milliseconds. One that looks small for
 * milliseconds stays so: the token may be short-lived, and taken for too short it is merely renewed early.
 */
function toLife(expiresIn: number, { claims, grant }: LifetimeFacts): Millis {
  const asMillis = millis(expiresIn);
  const asSeconds = millis(expiresIn * 1000);
  const [usual, other] = grant === 'jwt' ? [asMillis, asSeconds] : [asSeconds, asMillis];
  if (claims !== null) return isNear(other, claims.life) ? other : usual;
  return expiresIn > SURELY_MILLIS ? asMillis : usual;
}

const isNear = (reading: Millis, life: Millis): boolean => reading < life * NEAR && reading > life / NEAR;

const implausible = (problem: string): LifetimeProblem => ({ problem, suspectsClock: false });
