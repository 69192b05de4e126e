/** What the last poll of the credential source found, besides the credentials. */
export interface SourceReport {
  /** False when the source could not be read, or has no credential. */
  readonly ok: boolean;
  /** The number of credentials, or the reason with its remedy. Free of secrets. */
  readonly detail: string;
  /** What a complete look left out; at most `MAX_SKIPPED`. */
  readonly skipped: readonly SkippedEntry[];
}

/** A stored document that is no credential, such as one whose name is not valid. */
export interface SkippedEntry {
  /** The name of the file or the secret. */
  readonly storedAs: string;
  readonly code: string;
}

/** A report is a hash field in Redis and part of each status, so it has a limit. */
export const MAX_SKIPPED = 100;
