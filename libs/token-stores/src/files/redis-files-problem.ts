/** Files cannot be used. Each problem names the variable and the file, and quotes nothing of it. */
export class RedisFilesProblem extends Error {
  override readonly name = 'RedisFilesProblem';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }

  /** The problem of one variable, from the error of reading or parsing its file. */
  static of(variable: string, error: unknown): RedisFilesProblem {
    return new RedisFilesProblem([`${variable}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
