import type { Clock } from '#libs/tokens';

import { refused, type Authentication, type TokenAuthenticator } from './authentication.ts';
import { IssuerKeys, type IssuerEvent } from './issuer-keys.ts';
import type { JwtCallers } from './jwt-callers.ts';
import { RememberedCallers } from './remembered-callers.ts';
import { claimedIssuer, isJwt } from './unverified-token.ts';
import { verifyToken } from './verify-token.ts';

/** Tokens of workloads have one or two kilobytes. */
const MAX_TOKEN_LENGTH = 8_192;

interface JwtAuthenticatorParts {
  readonly callers: JwtCallers;
  readonly clock: Clock;
  /** How many verified tokens are remembered. */
  readonly capacity: number;
  readonly onEvent: (event: IssuerEvent) => void;
}

/** Recognises callers by the JWTs of their OIDC issuers, and remembers each verified one until it expires. */
export class JwtAuthenticator implements TokenAuthenticator {
  readonly #clock: Clock;
  readonly #onEvent: (event: IssuerEvent) => void;
  readonly #remembered: RememberedCallers;
  /** By digest: a token that a thousand requests bring at once is verified once. */
  readonly #underWay = new Map<string, Promise<Authentication>>();
  readonly #issuers = new Map<string, IssuerKeys>();
  #callers: JwtCallers;
  /** Goes up whenever what was verified before may no longer count. */
  #epoch = 0;

  constructor({ callers, clock, capacity, onEvent }: JwtAuthenticatorParts) {
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.#remembered = new RememberedCallers(capacity);
    this.#callers = callers;
    this.follow(callers);
  }

  /** How many tokens are remembered now. */
  get rememberedTokens(): number {
    return this.#remembered.size;
  }

  /** What is wrong with the keys of which issuer. */
  get problems(): readonly string[] {
    return [...this.#issuers.values()].flatMap(({ problem }) => problem ?? []);
  }

  authenticate(token: string, digest: string): Authentication | Promise<Authentication> | null {
    const known = this.#remembered.get(digest);
    if (known === undefined) return this.#verifyUnlessHopeless(token, digest);
    if (this.#clock.now() < known.until) return known.authentication;
    this.#remembered.forget(digest);
    return refused('expired_token');
  }

  /** Puts other callers in force. Everybody has to prove anew who they are; keys of issuers that stay are held. */
  follow(callers: JwtCallers): void {
    this.#callers = callers;
    this.#forgetAll();
    const earlier = new Map(this.#issuers);
    this.#issuers.clear();
    for (const source of callers.keySources) {
      const kept = earlier.get(source.issuer);
      const isSame = kept?.source.jwksUri === source.jwksUri;
      this.#issuers.set(source.issuer, kept !== undefined && isSame ? kept : this.#newIssuer(source));
    }
    for (const [issuer, keys] of earlier) if (this.#issuers.get(issuer) !== keys) keys.close();
  }

  /** Fetches in the background whatever keys are due. */
  refreshKeys(): void {
    for (const keys of this.#issuers.values()) keys.refreshIfDue();
  }

  close(): void {
    for (const keys of this.#issuers.values()) keys.close();
  }

  /** Only a token that names an issuer of ours is worth the cost of a signature. */
  #verifyUnlessHopeless(token: string, digest: string): Authentication | Promise<Authentication> | null {
    if (!isJwt(token)) return null;
    if (token.length > MAX_TOKEN_LENGTH) return refused('invalid_token');
    const issuer = claimedIssuer(token);
    if (issuer === null) return refused('invalid_token');
    const keys = this.#issuers.get(issuer);
    if (keys === undefined) return refused('unknown_issuer');
    let verification = this.#underWay.get(digest);
    if (verification === undefined) {
      verification = this.#verify(token, digest, keys).finally(() => this.#underWay.delete(digest));
      this.#underWay.set(digest, verification);
    }
    return verification;
  }

  async #verify(token: string, digest: string, keys: IssuerKeys): Promise<Authentication> {
    const epoch = this.#epoch;
    const verified = await verifyToken(token, keys, this.#clock);
    if (epoch !== this.#epoch) {
      // The callers or the keys changed meanwhile; those of a removed issuer would never come.
      const current = this.#issuers.get(keys.source.issuer);
      return current === undefined ? refused('unknown_issuer') : this.#verify(token, digest, current);
    }
    if (typeof verified === 'string') return refused(verified);
    const caller = this.#callers.find(verified.claims);
    if (typeof caller === 'string') return refused(caller);
    const authentication = { caller, method: 'jwt' } as const;
    this.#remembered.remember(digest, { authentication, until: verified.until });
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
    this.#remembered.clear();
  }
}
