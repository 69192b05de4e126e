import { rmSync } from 'node:fs';

/**
 * Removes things that would outlive this process. All of them are synchronous, because `exit` handlers cannot
 * wait.
 */
const cleanups = new Set<() => void>();

/**
 * Runs `cleanUp` when this process ends, also after an error or Ctrl-C. Returns a function that cancels it.
 */
export function onExit(cleanUp: () => void): () => void {
  cleanups.add(cleanUp);
  return () => cleanups.delete(cleanUp);
}

/** Removes a folder when this process ends. */
export function removeOnExit(folder: string): void {
  onExit(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
}

/** Runs all clean-ups when this process exits, also after SIGINT and SIGTERM. */
export function cleanUpOnExit(): void {
  process.once('exit', () => {
    for (const cleanUp of cleanups) cleanUp();
  });
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}
