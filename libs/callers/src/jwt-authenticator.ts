import type { Clock, Instant, Seconds } from '#libs/tokens';
import QuickLRU from 'quick-lru';

import { refused, type Authentication, type Sender, type TokenAuthenticator } from './authentication.ts';
import { IssuerKeys, type IssuerEvent } from './issuer-keys.ts';
import type { JwtCallers } from './jwt-callers.ts';
import { claimedIssuer, isJwt } from './unverified-token.ts';
import { verifyToken } from './verify-token.ts';

/** In characters. Workload tokens have one or two thousand. */
const MAX_TOKEN_LENGTH = 8_192;

/** The result of a verification, which holds until the token expires. */
interface VerifiedCaller {
  readonly authentication: Authentication;
  readonly until: Instant;
}

interface JwtAuthenticatorParts {
  readonly callers: JwtCallers;
  readonly clock: Clock;
  /** How many verified tokens are remembered at most. */
  readonly capacity: number;
  readonly onEvent: (event: IssuerEvent) => void;
  /** The longest life of a token that is accepted. */
  readonly maxLife: Seconds;
}

/** Runs a verification, or refuses it where its sender has too many in progress. */
export type VerificationGate = (
  sender: Sender,
  verify: () => Promise<Authentication>,
) => Promise<Authentication>;

/** Authenticates callers by JWTs of OIDC issuers, and remembers each verified token until it expires. */
export class JwtAuthenticator implements TokenAuthenticator {
  readonly #clock: Clock;
  readonly #onEvent: (event: IssuerEvent) => void;
  readonly #maxLife: Seconds;
  #gate: VerificationGate = (_sender, verify) => verify();
  /**
   * By SHA-256 of the token. The lookup need not take constant time: to learn from its timing, a caller would
   * have to choose digests, and that means to invert SHA-256.
   */
  readonly #verified: QuickLRU<string, VerifiedCaller>;
  /** By SHA-256 of the token: concurrent requests with the same token share one verification. */
  readonly #verifications = new Map<string, Promise<Authentication>>();
  readonly #issuers = new Map<string, IssuerKeys>();
  #callers: JwtCallers;
  /** Increases when the callers or the keys change, so that a verification under way notices. */
  #epoch = 0;

  constructor({ callers, clock, capacity, onEvent, maxLife }: JwtAuthenticatorParts) {
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.#maxLife = maxLife;
    // quick-lru holds up to twice its `maxSize`, in two generations.
    this.#verified = new QuickLRU({ maxSize: capacity / 2 });
    this.#callers = callers;
    this.follow(callers);
  }

  /** How many verified tokens are remembered now. */
  get rememberedTokens(): number {
    return [...this.#verified.keys()].length;
  }

  /** Why the last fetch of keys failed, one text per issuer whose fetch failed. */
  get problems(): readonly string[] {
    return [...this.#issuers.values()].flatMap(({ problem }) => problem ?? []);
  }

  /** Sets the one gate of all verifications that have a sender. */
  useGate(gate: VerificationGate): void {
    this.#gate = gate;
  }

  authenticate(
    token: string,
    digest: string,
    sender?: Sender,
  ): Authentication | Promise<Authentication> | null {
    const known = this.#verified.get(digest);
    if (known === undefined) return this.#verifyIfPlausible(token, digest, sender);
    if (this.#clock.now() < known.until) return known.authentication;
    this.#verified.delete(digest);
    return refused('expired_token');
  }

  /** Replaces the callers. Every token is verified again; the keys of issuers that stay are kept. */
  follow(callers: JwtCallers): void {
    this.#callers = callers;
    this.#forgetAll();
    const earlier = new Map(this.#issuers);
    this.#issuers.clear();
    for (const source of callers.keySources) {
      const kept = earlier.get(source.issuer);
      const isSame =
        kept?.source.jwksUri === source.jwksUri && kept?.source.bearerTokenFile === source.bearerTokenFile;
      this.#issuers.set(source.issuer, kept !== undefined && isSame ? kept : this.#newIssuer(source));
    }
    for (const [issuer, keys] of earlier) if (this.#issuers.get(issuer) !== keys) keys.close();
  }

  /** Fetches keys that are due, in the background. */
  refreshKeys(): void {
    for (const keys of this.#issuers.values()) keys.refreshIfDue();
  }

  close(): void {
    for (const keys of this.#issuers.values()) keys.close();
  }

  /** Verifies a signature, which is expensive, only if the token names a configured issuer. */
  #verifyIfPlausible(
    token: string,
    digest: string,
    sender: Sender | undefined,
  ): Authentication | Promise<Authentication> | null {
    if (!isJwt(token)) return null;
    if (token.length > MAX_TOKEN_LENGTH) return refused('invalid_token');
    const issuer = claimedIssuer(token);
    if (issuer === null) return refused('invalid_token');
    const keys = this.#issuers.get(issuer);
    if (keys === undefined) return refused('unknown_issuer');
    let verification = this.#verifications.get(digest);
    if (verification === undefined) {
      const verify = (): Promise<Authentication> => this.#verify(token, digest, keys);
      const verified = sender === undefined ? verify() : this.#gate(sender, verify);
      verification = verified.finally(() => this.#verifications.delete(digest));
      this.#verifications.set(digest, verification);
    }
    return verification;
  }

  async #verify(token: string, digest: string, keys: IssuerKeys): Promise<Authentication> {
    const epoch = this.#epoch;
    const verified = await verifyToken(token, keys, this.#clock, this.#maxLife);
    if (epoch !== this.#epoch) {
      // The callers or the keys changed meanwhile. The keys of a removed issuer are no longer fetched.
      const current = this.#issuers.get(keys.source.issuer);
      return current === undefined ? refused('unknown_issuer') : this.#verify(token, digest, current);
    }
    if (typeof verified === 'string') return refused(verified);
    const caller = this.#callers.find(verified.claims);
    if (typeof caller === 'string') return refused(caller);
    const authentication = { caller, method: 'jwt' } as const;
    this.#verified.set(digest, { authentication, until: verified.until });
    return authentication;
  }

  #newIssuer(source: IssuerKeys['source']): IssuerKeys {
    const { issuer } = source;
    const keys = new IssuerKeys({
      source,
      clock: this.#clock,
      onEvent: (event) => {
        if (this.#issuers.get(issuer) === keys) this.#onEvent(event);
      },
      onChange: () => this.#forgetAll(),
    });
    return keys;
  }

  #forgetAll(): void {
    this.#epoch += 1;
    this.#verified.clear();
  }
}
