import { rmSync } from 'node:fs';

/** What to do for each thing that would outlive this process. All of it is synchronous: at the exit nothing can be waited for. */
const tidyings = new Set<() => void>();

/** Runs `tidy` when this process ends, however it ends: done, failed or Ctrl-C. Returns how to call that off. */
export function atTheEnd(tidy: () => void): () => void {
  tidyings.add(tidy);
  return () => tidyings.delete(tidy);
}

/** Removes a folder when this process ends. */
export function removeAtTheEnd(folder: string): void {
  atTheEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
}

/** Turns the signals that end a program into an exit, so that everything is tidied up. */
export function tidyUpAtTheEnd(): void {
  process.once('exit', () => {
    for (const tidy of tidyings) tidy();
  });
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}
