import { pino } from 'pino';

/** What lines are written to: gathers them and writes in batches, so that a request never waits for a disk or a pipe. */
export interface LogDestination {
  write(line: string): void;
  flushSync(): void;
}

const FLUSH_EVERY_MS = 100;
const BATCH_BYTES = 16 * 1024;

/** Standard output, written in the background; `flushSync` at the end leaves nothing behind. */
export function standardOutput(): LogDestination {
  const destination = pino.destination({ dest: 1, sync: false, minLength: BATCH_BYTES });
  // Who read us has gone (a closed pipe): there is nobody left to tell.
  destination.on('error', () => undefined);
  setInterval(() => destination.flush(), FLUSH_EVERY_MS).unref();
  return {
    write: (line) => void destination.write(line),
    flushSync: () => destination.flushSync(),
  };
}
