import { pino, type Logger } from 'pino';

import { tokenFor } from '../injection/typed-token.ts';
import { escapeControls } from './escape-controls.ts';
import type { LogDestination, LogHealth } from './log-destination.ts';

/** The service's log. */
export const LOG = tokenFor<Logger>('log');

/** The output of the log and of the audit. */
export const LOG_DESTINATION = tokenFor<LogDestination & LogHealth>('log destination');

/** Creates the log: JSON lines with ISO 8601 times and level names. */
export function createLog(destination: LogDestination, level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Names that AWS and other services answer may have control characters.
      hooks: { streamWrite: escapeControls },
    },
    destination,
  );
}
