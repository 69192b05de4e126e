import { pino } from 'pino';

/** What lines are written to, in the background: a request never waits for a disk or a pipe. */
export interface LogDestination {
  /** A line that somebody may be waiting for. */
  write(line: string): void;
  /** One of many lines: gathered and written in batches. */
  gather(line: string): void;
  flushSync(): void;
}

const FLUSH_EVERY_MS = 100;
const BATCH_BYTES = 8 * 1024;

/** Standard output; `flushSync` at the end leaves nothing behind. */
export function standardOutput(): LogDestination {
  const destination = pino.destination({ dest: 1, sync: false, minLength: BATCH_BYTES });
  // Who read us has gone (a closed pipe): there is nobody left to tell.
  destination.on('error', () => undefined);
  setInterval(() => destination.flush(), FLUSH_EVERY_MS).unref();
  return {
    write: (line) => {
      destination.write(line);
      destination.flush();
    },
    gather: (line) => void destination.write(line),
    flushSync: () => destination.flushSync(),
  };
}
