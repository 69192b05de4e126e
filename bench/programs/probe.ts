/**
 * Preloaded into a measured process (`node --import`), or imported by it: answers over IPC what only the process itself knows, on every
 * operating system alike. It must not need type stripping there, so it is handed over as plain JavaScript.
 */

/** Whatever else is asked is for the program itself. */
type ProbeQuestion = 'cpu' | 'memory';

/** Bytes after garbage collection (`--expose-gc`). */
export interface MemoryUse {
  readonly heapAndExternal: number;
  readonly rss: number;
}

/** User and system time of all threads so far, in microseconds. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function memoryUse(): Promise<MemoryUse> {
  for (let pass = 0; pass < 4; pass += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapAndExternal: heapUsed + external, rss };
}

async function answer(question: unknown): Promise<void> {
  switch (question as ProbeQuestion) {
    case 'cpu':
      process.send?.(cpuTime());
      break;
    case 'memory':
      process.send?.(await memoryUse());
      break;
  }
}

process.on('message', (question) => void answer(question));
// The benchmark is gone, whatever ended it.
process.on('disconnect', () => process.exit());
process.channel?.unref();
