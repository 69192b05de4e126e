import type { ExchangeableCredential, SourcedCredential } from '../model/credential.ts';
import type { CredentialName } from '../model/credential-name.ts';

/** A version of a document that can be exchanged. */
export interface ExchangeableVersion extends SourcedCredential {
  readonly content: ExchangeableCredential;
}

/**
 * The last version of each document that minted a token or, before the first token, that could be read. It is
 * in memory only: it mints while the stored version is unusable, until this process ends.
 */
export class LastGoodDocuments {
  readonly #documents = new Map<CredentialName, ExchangeableVersion>();

  /** Records a version that minted a token. */
  note(credential: SourcedCredential): void {
    if (isExchangeable(credential)) this.#documents.set(credential.name, credential);
  }

  /** Records a version that the source has replaced, unless one is known that minted a token. */
  noteReplaced(credential: SourcedCredential): void {
    if (!this.#documents.has(credential.name)) this.note(credential);
  }

  /** The last good version of a document, if it is another than the given one. */
  otherThan({ name, version }: SourcedCredential): ExchangeableVersion | null {
    const document = this.#documents.get(name);
    return document === undefined || document.version === version ? null : document;
  }

  forget(name: CredentialName): void {
    this.#documents.delete(name);
  }
}

/** Whether this version can be exchanged for a token. */
export const isExchangeable = (credential: SourcedCredential): credential is ExchangeableVersion =>
  credential.content.kind === 'jwt' || credential.content.kind === 'oauth';
