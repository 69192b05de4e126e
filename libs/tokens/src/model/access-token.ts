import { hash } from 'node:crypto';
import { inspect } from 'node:util';

import { between, toIso, type Instant, type Millis } from './units.ts';

/**
 * An Adobe IMS access token and its lifetime. Only `reveal()` returns the value; logs, metrics and entity
 * tags use its SHA-256.
 */
export class AccessToken {
  readonly #value: string;
  /** SHA-256 of the token's characters: 64 lower-case hex digits. */
  readonly sha256: string;
  /** When the request for the exchange that minted it was sent. */
  readonly issuedAt: Instant;
  /** IMS refuses the token from this instant on. */
  readonly expiresAt: Instant;
  /** The whole lifetime, from minting to expiry. */
  readonly life: Millis;

  constructor(value: string, issuedAt: Instant, expiresAt: Instant) {
    this.#value = value;
    this.sha256 = hash('sha256', value, 'hex');
    this.issuedAt = issuedAt;
    this.expiresAt = expiresAt;
    this.life = between(issuedAt, expiresAt);
  }

  /** The bearer token itself. */
  reveal(): string {
    return this.#value;
  }

  toJSON(): { sha256: string; issuedAt: string; expiresAt: string } {
    return { sha256: this.sha256, issuedAt: toIso(this.issuedAt), expiresAt: toIso(this.expiresAt) };
  }

  [inspect.custom](): string {
    return `AccessToken(sha256 ${this.sha256.slice(0, 12)}…, expires ${toIso(this.expiresAt)})`;
  }
}
