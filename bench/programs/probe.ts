/**
 * Reports CPU time and memory of its process over IPC, on every operating system. A measured process imports
 * it or preloads it (`node --import`), compiled to JavaScript, so that type stripping is not measured.
 */

/** The messages of the probe. The program handles all others. */
type ProbeRequest = 'cpu' | 'memory';

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

async function answer(message: unknown): Promise<void> {
  switch (message as ProbeRequest) {
    case 'cpu':
      process.send?.(cpuTime());
      break;
    case 'memory':
      process.send?.(await memoryUse());
      break;
  }
}

process.on('message', (message) => void answer(message));
// The benchmark has ended.
process.on('disconnect', () => process.exit());
process.channel?.unref();
