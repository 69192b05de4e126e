import { millis, type Clock, type Millis } from '#libs/tokens';
import { createLocalJWKSet, errors, type CryptoKey, type JWSHeaderParameters } from 'jose';

import { fetchKeySet } from './fetch-key-set.ts';
import type { KeySource } from './jwt-callers.ts';
import { KeysUnavailable } from './keys-unavailable.ts';

/** How long keys are held before they are fetched again in the background. */
const KEYS_FRESH_FOR = millis(600_000);
/** Between two fetches at least, whatever callers send. */
const FETCH_COOLDOWN = millis(10_000);

/** What became of the keys of an issuer, told when it changes. */
export type IssuerEvent =
  | { readonly type: 'issuer.up'; readonly issuer: string }
  | {
      readonly type: 'issuer.down';
      readonly issuer: string;
      readonly reason: string;
      /** Whether there are earlier ones to go on with. */
      readonly keysHeld: boolean;
    };

interface IssuerKeysParts {
  readonly source: KeySource;
  readonly clock: Clock;
  readonly onEvent: (event: IssuerEvent) => void;
  /** The keys are others than before: what was verified with the old ones has to be verified again. */
  readonly onChange: () => void;
}

type FindKey = (header: JWSHeaderParameters) => Promise<CryptoKey>;

/** The public keys of one issuer. Once had, they are held through any outage of the issuer. */
export class IssuerKeys {
  readonly #parts: IssuerKeysParts;
  readonly #closing = new AbortController();
  #find: FindKey | null = null;
  #text = '';
  #problem: string | null = null;
  #attemptedAt: Millis | null = null;
  #underWay: Promise<void> | null = null;

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
   * The key that a token's header names. One that is not held is looked for at the issuer, if that was not just done.
   * @throws KeysUnavailable, or jose's errors for a header that no key fits
   */
  async keyFor(header: JWSHeaderParameters): Promise<CryptoKey> {
    const held = this.#find;
    if (held !== null) {
      try {
        return await held(header);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      }
    }
    if (this.#underWay !== null || this.#isOlderThan(FETCH_COOLDOWN)) await this.#refresh();
    if (this.#find === null || this.#problem !== null) {
      throw new KeysUnavailable(this.#problem ?? 'the keys have not been fetched yet');
    }
    return this.#find(header);
  }

  /** Fetches the keys in the background, if it is time to. */
  refreshIfDue(): void {
    const settled = this.#find !== null && this.#problem === null;
    if (this.#isOlderThan(settled ? KEYS_FRESH_FOR : FETCH_COOLDOWN)) void this.#refresh();
  }

  close(): void {
    this.#closing.abort();
  }

  #isOlderThan(age: Millis): boolean {
    return this.#attemptedAt === null || this.#parts.clock.monotonic() - this.#attemptedAt >= age;
  }

  /** One at a time, whoever asks. */
  #refresh(): Promise<void> {
    this.#underWay ??= this.#fetch().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #fetch(): Promise<void> {
    this.#attemptedAt = this.#parts.clock.monotonic();
    try {
      const keySet = await fetchKeySet(this.source, this.#closing.signal);
      this.#hold(JSON.stringify(keySet), createLocalJWKSet(keySet));
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#failed(error);
    }
  }

  #hold(text: string, find: FindKey): void {
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
    this.#problem = error instanceof KeysUnavailable ? error.message : 'the key set can not be used';
    if (wasDown) return;
    const keysHeld = this.#find !== null;
    onEvent({ type: 'issuer.down', issuer: source.issuer, reason: this.#problem, keysHeld });
  }
}
