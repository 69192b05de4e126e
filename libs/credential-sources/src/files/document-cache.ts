import type { Clock, Credential, CredentialName, CredentialProblem } from '#libs/tokens';

import type { AllowedOrigins } from '../documents/allowed-origins.ts';
import { asOf } from '../documents/certificate-expiry.ts';
import { parseDocument } from '../documents/parse-document.ts';

interface CachedDocument {
  readonly version: string;
  readonly parsed: Credential | CredentialProblem;
}

/** Parses each version of a document once; whether its certificate has expired is asked anew each time. */
export class DocumentCache {
  readonly #allowed: AllowedOrigins;
  readonly #clock: Clock;
  readonly #documents = new Map<CredentialName, CachedDocument>();

  constructor(allowed: AllowedOrigins, clock: Clock) {
    this.#allowed = allowed;
    this.#clock = clock;
  }

  /** What the document is now. One version always means the same bytes. */
  read(name: CredentialName, version: string, document: Uint8Array): Credential | CredentialProblem {
    let cached = this.#documents.get(name);
    if (cached?.version !== version) {
      cached = { version, parsed: parseDocument(document, this.#allowed) };
      this.#documents.set(name, cached);
    }
    return asOf(this.#clock.now(), cached.parsed);
  }

  /** The version read last, and what it is now; null where none was. */
  recall(
    name: CredentialName,
  ): { readonly version: string; readonly content: Credential | CredentialProblem } | null {
    const cached = this.#documents.get(name);
    return cached === undefined
      ? null
      : { version: cached.version, content: asOf(this.#clock.now(), cached.parsed) };
  }

  /** Lets go of the documents, and the keys in them, of credentials that are no longer there. */
  keepOnly(names: ReadonlySet<CredentialName>): void {
    for (const name of this.#documents.keys()) if (!names.has(name)) this.#documents.delete(name);
  }
}
