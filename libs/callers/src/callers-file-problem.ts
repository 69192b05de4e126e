/** The callers file cannot be read or is invalid. The message names the fields, never values. */
export class CallersFileProblem extends Error {
  override readonly name = 'CallersFileProblem';
  readonly code = 'callers_file_invalid';
}
