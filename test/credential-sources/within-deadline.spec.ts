import { describe, expect, it } from 'vitest';

import { millis, SourceUnavailable } from '#libs/tokens';

import { withinDeadline } from '../../libs/credential-sources/src/within-deadline.ts';

const LONG = millis(60_000);

describe('work with a deadline', () => {
  it('gives its result, and ends the signal for whatever it left behind', async () => {
    let signal: AbortSignal | undefined;
    const result = await withinDeadline(LONG, 'late', async (own) => {
      signal = own;
      return 7;
    });
    expect(result).toBe(7);
    expect(signal?.aborted).toBe(true);
  });

  it('is unavailable at the deadline, and told to stop', async () => {
    let signal: AbortSignal | undefined;
    const work = withinDeadline(millis(10), 'late', (own) => {
      signal = own;
      return new Promise<never>(() => undefined);
    });
    await expect(work).rejects.toEqual(new SourceUnavailable('late'));
    expect(signal?.aborted).toBe(true);
  });

  it('fails as it fails', async () => {
    const failure = new Error('its own');
    await expect(withinDeadline(LONG, 'late', () => Promise.reject(failure))).rejects.toBe(failure);
  });
});
