import type { ExitCode } from './exit-codes.ts';

/** A command of `ims-token`. */
export interface Command {
  /** The text of `--help`. */
  readonly help: string;
  /**
   * @param args the arguments after the command's name
   * @throws CommandFailure when the command fails
   */
  run(args: readonly string[]): Promise<ExitCode>;
}
