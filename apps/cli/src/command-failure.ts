import { EXIT, type ExitCode } from './exit-codes.ts';

interface CommandFailureDetails {
  /** Stable, for scripts. */
  readonly code: string;
  /** What went wrong and what to do, free of secrets. */
  readonly diagnosis: string;
  readonly exitCode: ExitCode;
  readonly cause?: unknown;
}

/** Ends a command that could not do what it was asked for. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly code: string;
  readonly exitCode: ExitCode;

  constructor({ code, diagnosis, exitCode, cause }: CommandFailureDetails) {
    super(diagnosis, { cause });
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** The command line, a file or the environment can't be used as given. */
export const usageFailure = (diagnosis: string): CommandFailure =>
  new CommandFailure({ code: 'usage', diagnosis, exitCode: EXIT.usage });
