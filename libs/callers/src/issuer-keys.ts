import { millis, type Clock, type Millis } from '#libs/tokens';
import { createLocalJWKSet, errors, type CryptoKey, type JWSHeaderParameters } from 'jose';

import { fetchKeySet } from './fetch-key-set.ts';
import type { KeySource } from './jwt-callers.ts';
import { KeysUnavailable } from './keys-unavailable.ts';

/** Age at which keys are fetched again in the background. */
const KEYS_FRESH_FOR = millis(600_000);
/** Minimum time between two fetches, so that callers cannot flood the issuer with unknown key ids. */
const FETCH_COOLDOWN = millis(10_000);

/** A change of an issuer's availability, as seen from fetching its keys. */
export type IssuerEvent =
  | { readonly type: 'issuer.up'; readonly issuer: string }
  | {
      readonly type: 'issuer.down';
      readonly issuer: string;
      readonly reason: string;
      /** Whether earlier keys are still in use. */
      readonly keysHeld: boolean;
    };

interface IssuerKeysParts {
  readonly source: KeySource;
  readonly clock: Clock;
  readonly onEvent: (event: IssuerEvent) => void;
  /** Called when the keys change: tokens that were verified with earlier keys must be verified again. */
  readonly onChange: () => void;
}

type FindKey = (header: JWSHeaderParameters) => Promise<CryptoKey>;

/** The public keys of one issuer. Once fetched, they stay in use during any outage of the issuer. */
export class IssuerKeys {
  readonly #parts: IssuerKeysParts;
  readonly #closing = new AbortController();
  #find: FindKey | null = null;
  #text = '';
  #problem: string | null = null;
  #attemptedAt: Millis | null = null;
  #fetching: Promise<void> | null = null;

  constructor(parts: IssuerKeysParts) {
    this.#parts = parts;
  }

  get source(): KeySource {
    return this.#parts.source;
  }

  /** Why the last fetch failed, or null. */
  get problem(): string | null {
    return this.#problem;
  }

  /**
   * Finds the key that a token's header names. Fetches the keys again for an unknown key, after the cooldown.
   * @throws KeysUnavailable, or jose's errors for a header that matches no key
   */
  async keyFor(header: JWSHeaderParameters): Promise<CryptoKey> {
    const find = this.#find;
    if (find !== null) {
      try {
        return await find(header);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
    }
    if (this.#fetching !== null || this.#isOlderThan(FETCH_COOLDOWN)) await this.#refresh();
    if (this.#find === null || this.#problem !== null) {
      throw new KeysUnavailable(this.#problem ?? 'the keys have not been fetched yet');
    }
    return this.#find(header);
  }

  /** Fetches the keys in the background if they are due. */
  refreshIfDue(): void {
    const isUp = this.#find !== null && this.#problem === null;
    if (this.#isOlderThan(isUp ? KEYS_FRESH_FOR : FETCH_COOLDOWN)) void this.#refresh();
  }

  close(): void {
    this.#closing.abort();
  }

  #isOlderThan(age: Millis): boolean {
    return this.#attemptedAt === null || this.#parts.clock.monotonic() - this.#attemptedAt >= age;
  }

  /** Joins the fetch under way, or starts one. */
  #refresh(): Promise<void> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    this.#attemptedAt = this.#parts.clock.monotonic();
    try {
      const keySet = await fetchKeySet(this.source, this.#closing.signal);
      this.#adopt(JSON.stringify(keySet), createLocalJWKSet(keySet));
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#failed(error);
    }
  }

  #adopt(text: string, find: FindKey): void {
    const { source, onEvent, onChange } = this.#parts;
    const wasUp = this.#find !== null && this.#problem === null;
    this.#problem = null;
    if (text !== this.#text) {
      this.#text = text;
      this.#find = find;
      onChange();
    }
    if (!wasUp) onEvent({ type: 'issuer.up', issuer: source.issuer });
  }

  #failed(error: unknown): void {
    const { source, onEvent } = this.#parts;
    const wasDown = this.#problem !== null;
    this.#problem = error instanceof KeysUnavailable ? error.message : 'the key set cannot be used';
    if (wasDown) return;
    const keysHeld = this.#find !== null;
    onEvent({ type: 'issuer.down', issuer: source.issuer, reason: this.#problem, keysHeld });
  }
}
