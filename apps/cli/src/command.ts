import type { ExitCode } from './exit-codes.ts';

/** One of the things `ims-token` does. */
export interface Command {
  /** What `--help` shows. */
  readonly help: string;
  /**
   * @param args what follows the command's name
   * @throws CommandFailure where it can't be done
   */
  run(args: readonly string[]): Promise<ExitCode>;
}
