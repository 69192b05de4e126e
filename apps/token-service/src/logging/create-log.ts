import { pino, type Logger } from 'pino';

import type { LogDestination } from './log-destination.ts';

/** Injection token of the service's log. */
export const LOG = Symbol('log');

/** The service's log: JSON lines with ISO times and level names. */
export function createLog(destination: LogDestination, level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}
