import type { Clock, Credential, CredentialName, CredentialProblem } from '#libs/tokens';

import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import type { DocumentNotice } from './document-notice.ts';
import { asOf } from './certificate-expiry.ts';
import { parseDocument } from './parse-document.ts';

interface CachedDocument {
  readonly version: string;
  readonly parsed: Credential | CredentialProblem;
}

/** Receives what is odd about a version of a document, when it is first parsed. Must not throw. */
export type NoticeListener = (notice: DocumentNotice & { readonly name: CredentialName }) => void;

/** Parses each version of a document once, and compares its certificate with the clock at each read. */
export class DocumentCache {
  readonly #allowed: AllowedOrigins;
  readonly #clock: Clock;
  readonly #onNotice: NoticeListener;
  readonly #documents = new Map<CredentialName, CachedDocument>();

  constructor(allowed: AllowedOrigins, clock: Clock, onNotice: NoticeListener = () => undefined) {
    this.#allowed = allowed;
    this.#clock = clock;
    this.#onNotice = onNotice;
  }

  /** The document's credential or problem at this time. The same version always has the same bytes. */
  read(name: CredentialName, version: string, document: Uint8Array): Credential | CredentialProblem {
    let cached = this.#documents.get(name);
    if (cached?.version !== version) {
      const { parsed, notices } = parseDocument(document, this.#allowed);
      cached = { version, parsed };
      this.#documents.set(name, cached);
      for (const notice of notices) this.#onNotice({ ...notice, name });
    }
    return asOf(this.#clock.now(), cached.parsed);
  }

  /**
   * The last version that was read, and its credential or problem at this time; null before the first read.
   */
  recall(
    name: CredentialName,
  ): { readonly version: string; readonly content: Credential | CredentialProblem } | null {
    const cached = this.#documents.get(name);
    return cached === undefined
      ? null
      : { version: cached.version, content: asOf(this.#clock.now(), cached.parsed) };
  }

  /** Removes the documents, with the keys in them, of all other credentials. */
  keepOnly(names: ReadonlySet<CredentialName>): void {
    for (const name of this.#documents.keys()) if (!names.has(name)) this.#documents.delete(name);
  }
}
