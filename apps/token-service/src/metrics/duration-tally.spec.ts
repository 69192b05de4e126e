import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';

import { DurationTally } from './duration-tally.ts';

const OPTIONS = { name: 'some_seconds', help: 'Some durations' };
const BOUNDS = [0.001, 0.5, 2];

describe('DurationTally', () => {
  it.each([[[]], [[0.001]], [[0, 0.000_9, 0.001, 0.001_1]], [[0.5, 0.500_1, 2, 2.5, 1_000]]])(
    'gives the text of a Histogram with the same observations: %j',
    async (observations: readonly number[]) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const tally = new DurationTally({ ...OPTIONS, bounds: BOUNDS });
      tally.register(ours);
      const histogram = new Histogram({ ...OPTIONS, buckets: BOUNDS, registers: [theirs] });
      for (const seconds of observations) {
        tally.observe(seconds);
        histogram.observe(seconds);
      }
      expect(await ours.metrics()).toBe(await theirs.metrics());
    },
  );
});
