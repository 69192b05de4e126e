import { NAME_RULE, printable, type SkippedEntry } from '#libs/tokens';

/** In characters. AWS allows 512 in the name of a secret. */
export const MAX_NAME = 512;

/** A stored document that the source does not list, because of its name. */
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
  readonly #rule: string;
  #known: ReadonlySet<string> = new Set();

  /** @param rule how a document must be named, after "because it is not" */
  constructor(listener: SkippedDocumentListener, rule: string) {
    this.#listener = listener;
    this.#rule = rule;
  }

  /** What the last listing skipped. */
  get entries(): readonly SkippedEntry[] {
    return [...this.#known].map((storedAs) => ({ storedAs, code: 'credential_invalid_name' }));
  }

  /** @param stored the names of all documents that this listing skipped */
  notice(stored: readonly string[]): void {
    const names = stored.map((name) => printable(name, MAX_NAME));
    const added = names.filter((storedAs) => !this.#known.has(storedAs));
    this.#known = new Set(names);
    for (const storedAs of added) {
      this.#listener({
        code: 'credential_invalid_name',
        storedAs,
        diagnosis:
          `The service skips ${JSON.stringify(storedAs)}, because it is not ${this.#rule}. ` +
          `Rename it; a credential's name is ${NAME_RULE}.`,
      });
    }
  }
}
