/** A problem of a document, or a warning about it. */
export interface Finding {
  /** Stable. `docs/errors.md` lists the codes that the service uses too. */
  readonly code: string;
  /** The fault and the remedy, without secrets. */
  readonly diagnosis: string;
}
