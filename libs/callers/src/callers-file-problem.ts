/** The callers file can't be used. The message names every field at fault and never quotes a value. */
export class CallersFileProblem extends Error {
  override readonly name = 'CallersFileProblem';
  readonly code = 'callers_file_invalid';
}
