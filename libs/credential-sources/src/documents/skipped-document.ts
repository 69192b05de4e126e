import { NAME_RULE } from '#libs/tokens';

/** A stored document that the source does not list, because its name is not a valid credential name. */
export interface SkippedDocument {
  readonly code: 'credential_invalid_name';
  /** The name of the file or the secret. */
  readonly storedAs: string;
  readonly diagnosis: string;
}

/** Receives a skipped document when a listing first finds it. Must not throw. */
export type SkippedDocumentListener = (skipped: SkippedDocument) => void;

/** Reports each skipped document once, and again only after a listing without it. */
export class SkippedDocuments {
  readonly #listener: SkippedDocumentListener;
  #known: ReadonlySet<string> = new Set();

  constructor(listener: SkippedDocumentListener) {
    this.#listener = listener;
  }

  /** @param stored the names of all documents that this listing skipped */
  notice(stored: readonly string[]): void {
    const added = stored.filter((storedAs) => !this.#known.has(storedAs));
    this.#known = new Set(stored);
    for (const storedAs of added) {
      this.#listener({
        code: 'credential_invalid_name',
        storedAs,
        diagnosis:
          `The service skips ${JSON.stringify(storedAs)}, because that is not a valid credential name. ` +
          `Rename it; a name is ${NAME_RULE}.`,
      });
    }
  }
}
