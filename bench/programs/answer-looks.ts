import './probe.ts';

/** One look at all secrets. */
export interface Look {
  readonly milliseconds: number;
  /** How many secrets are held after it. */
  readonly held: number;
}

/**
 * Looks whenever the benchmark asks `look` over IPC; what the probe answers can be asked as well.
 * @param look resolves with how many secrets are held
 */
export function answerLooks(look: () => Promise<number>): void {
  const lookOnce = async (): Promise<void> => {
    const begun = performance.now();
    const held = await look();
    process.send?.({ milliseconds: performance.now() - begun, held } satisfies Look);
  };
  process.on('message', (question) => {
    if (question === 'look') void lookOnce();
  });
  // The probe lets go of it, and nothing else keeps this process.
  process.channel?.ref();
}
