import './probe.ts';

/** The result of reading all secrets once. */
export interface ReadResult {
  readonly milliseconds: number;
  /** The number of secrets that the program keeps. */
  readonly count: number;
}

/**
 * Reads all secrets when the benchmark sends `read` over IPC. The messages of the probe work too.
 * @param read resolves with the number of secrets
 */
export function readOnRequest(read: () => Promise<number>): void {
  const readOnce = async (): Promise<void> => {
    const begun = performance.now();
    const count = await read();
    process.send?.({ milliseconds: performance.now() - begun, count } satisfies ReadResult);
  };
  process.on('message', (message) => {
    if (message === 'read') void readOnce();
  });
  // The probe calls `unref`, and this process has nothing else that keeps it alive.
  process.channel?.ref();
}
