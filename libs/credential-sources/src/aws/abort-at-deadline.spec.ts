import { describe, expect, it } from 'vitest';

import { millis, SourceUnavailable } from '#libs/tokens';

import { abortAtDeadline } from './abort-at-deadline.ts';

const LONG = millis(60_000);

describe('abortAtDeadline', () => {
  it('returns the result and then aborts the signal', async () => {
    let signal: AbortSignal | undefined;
    const result = await abortAtDeadline(
      LONG,
      () => 'late',
      async (own) => {
        signal = own;
        return 7;
      },
    );
    expect(result).toBe(7);
    expect(signal?.aborted).toBe(true);
  });

  it('throws SourceUnavailable at the deadline and aborts the signal', async () => {
    let signal: AbortSignal | undefined;
    const work = abortAtDeadline(
      millis(10),
      () => 'late',
      (own) => {
        signal = own;
        return new Promise<never>(() => undefined);
      },
    );
    await expect(work).rejects.toEqual(new SourceUnavailable('late'));
    expect(signal?.aborted).toBe(true);
  });

  it('throws the error of the work', async () => {
    const failure = new Error('its own');
    await expect(
      abortAtDeadline(
        LONG,
        () => 'late',
        () => Promise.reject(failure),
      ),
    ).rejects.toBe(failure);
  });
});
