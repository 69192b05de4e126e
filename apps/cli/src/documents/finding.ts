/** Something people should know of a document. */
export interface Finding {
  /** Stable; those the service knows too are in `docs/errors.md`. */
  readonly code: string;
  /** What is wrong and what to do, free of secrets. */
  readonly diagnosis: string;
}
