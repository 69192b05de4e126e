import { writeSync } from 'node:fs';

import type { Logger } from 'pino';

interface CrashHandlerParts {
  readonly errorFd: number;
  readonly log: Logger;
  readonly destination: { close(): Promise<void> };
  /** Ends the process. */
  readonly end: () => void;
}

/**
 * Handles exceptions that nothing caught. It writes the reason to standard error first, synchronously: every
 * further step may fail as well. A second exception is written too, and does not cut short the writing of the
 * log.
 */
export function crashHandler({
  errorFd,
  log,
  destination,
  end,
}: CrashHandlerParts): (error: unknown) => void {
  let isCrashing = false;
  const closeAndEnd = async (): Promise<void> => {
    try {
      await destination.close();
    } catch (failure) {
      writeReason(errorFd, failure);
    }
    end();
  };
  return (error) => {
    writeReason(errorFd, error);
    if (isCrashing) return;
    isCrashing = true;
    try {
      log.fatal({ err: error }, 'the service has failed');
    } catch (failure) {
      writeReason(errorFd, failure);
    }
    void closeAndEnd();
  };
}

function writeReason(fd: number, error: unknown): void {
  try {
    writeSync(fd, `The service has failed: ${describe(error)}\n`);
  } catch {
    // Standard error is not read. The log still gets the reason.
  }
}

/** The stack, without the other fields of the error: they may hold secrets. */
function describe(error: unknown): string {
  try {
    return error instanceof Error ? (error.stack ?? error.message) : `a thrown ${typeof error}`;
  } catch (failure) {
    return `an error that cannot be described (${typeof failure} thrown meanwhile)`;
  }
}
