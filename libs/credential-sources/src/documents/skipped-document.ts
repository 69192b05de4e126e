import { NAME_RULE } from '#libs/tokens';

/** A stored document that can't be listed at all, since its name is none a credential can have. */
export interface SkippedDocument {
  readonly code: 'credential_invalid_name';
  /** The file's name, or the secret's. */
  readonly storedAs: string;
  readonly diagnosis: string;
}

/** Hears of a skipped document once, when it is first seen. Must not throw. */
export type SkippedDocumentListener = (skipped: SkippedDocument) => void;

/** Tells of each skipped document once, and again only after it had gone. */
export class SkippedDocuments {
  readonly #listener: SkippedDocumentListener;
  #known: ReadonlySet<string> = new Set();

  constructor(listener: SkippedDocumentListener) {
    this.#listener = listener;
  }

  /** @param stored everything skipped at this look */
  notice(stored: readonly string[]): void {
    const news = stored.filter((storedAs) => !this.#known.has(storedAs));
    this.#known = new Set(stored);
    for (const storedAs of news) {
      this.#listener({
        code: 'credential_invalid_name',
        storedAs,
        diagnosis:
          `${JSON.stringify(storedAs)} is skipped, because no credential can have that name. ` +
          `Rename it; a name is ${NAME_RULE}.`,
      });
    }
  }
}
