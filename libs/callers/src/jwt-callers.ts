import type { Caller } from './caller.ts';
import type { JwtIdentity } from './jwt-identity.ts';

/**
 * Where the keys of an issuer are: at `jwksUri`, or at the address in its discovery document if that is
 * undefined.
 */
export interface KeySource {
  readonly issuer: string;
  readonly jwksUri: string | undefined;
  /** The file with the token that authenticates this service to the issuer; undefined where it needs none. */
  readonly bearerTokenFile: string | undefined;
}

/** The claims of a verified token that identify its caller. */
export interface VerifiedClaims {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly subject: string;
}

type BySubject = Map<string, Caller>;

interface Issuer {
  readonly source: KeySource;
  readonly byAudience: Map<string, BySubject>;
}

/** Finds the caller of a verified token. */
export class JwtCallers {
  readonly #issuers = new Map<string, Issuer>();

  add(caller: Caller, { issuer, audience, subject, jwksUri, bearerTokenFile }: JwtIdentity): void {
    const source = { issuer, jwksUri, bearerTokenFile };
    const known = this.#issuers.get(issuer) ?? { source, byAudience: new Map() };
    this.#issuers.set(issuer, known);
    const bySubject: BySubject = known.byAudience.get(audience) ?? new Map();
    known.byAudience.set(audience, bySubject.set(subject, caller));
  }

  /** The key source of each issuer. */
  get keySources(): readonly KeySource[] {
    return [...this.#issuers.values()].map(({ source }) => source);
  }

  /** The caller, or the claim that matches no caller. */
  find({ issuer, audiences, subject }: VerifiedClaims): Caller | 'wrong_audience' | 'unknown_subject' {
    const byAudience = this.#issuers.get(issuer)?.byAudience;
    const candidates = audiences
      .map((audience) => byAudience?.get(audience))
      .filter((each) => each !== undefined);
    if (candidates.length === 0) return 'wrong_audience';
    const match = candidates.find((bySubject) => bySubject.has(subject));
    return match?.get(subject) ?? 'unknown_subject';
  }
}
