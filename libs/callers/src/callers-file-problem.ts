/** The callers file is invalid. The message names the fields, never values. */
export class CallersFileProblem extends Error {
  override readonly name: string = 'CallersFileProblem';
  readonly code: 'callers_file_invalid' | 'callers_file_unreadable' = 'callers_file_invalid';
}

/** The callers file cannot be read: that tells nothing about its content. */
export class CallersFileUnreadable extends CallersFileProblem {
  override readonly name = 'CallersFileUnreadable';
  override readonly code = 'callers_file_unreadable';
}
