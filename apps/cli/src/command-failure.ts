import { EXIT, type ExitCode } from './exit-codes.ts';

interface CommandFailureDetails {
  /** Stable, for scripts. */
  readonly code: string;
  /** The fault and the remedy, without secrets. */
  readonly diagnosis: string;
  readonly exitCode: ExitCode;
  readonly cause?: unknown;
}

/** Ends a command with an exit code and a diagnosis. */
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

/** The failure for an unusable command line, file or environment variable. */
export const usageFailure = (diagnosis: string): CommandFailure =>
  new CommandFailure({ code: 'usage', diagnosis, exitCode: EXIT.usage });
