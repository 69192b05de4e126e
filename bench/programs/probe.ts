/**
 * Preloaded into a measured process (`node --import`): answers over IPC what only the process itself knows, on every
 * operating system alike. It must not need type stripping there, so it is handed over as plain JavaScript.
 */

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

async function answer(question: ProbeQuestion): Promise<void> {
  process.send?.(question === 'cpu' ? cpuTime() : await memoryUse());
}

process.on('message', (question: ProbeQuestion) => void answer(question));
// The benchmark is gone, whatever ended it.
process.on('disconnect', () => process.exit());
process.channel?.unref();
