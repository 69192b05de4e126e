import { describe, expect, it } from 'vitest';

import { SingleFlight } from './single-flight.ts';

describe('SingleFlight', () => {
  it('starts work again only after the previous run of the key is over, however it ends', async () => {
    const runs: PromiseWithResolvers<void>[] = [];
    const flights = new SingleFlight<string, void>();
    const run = (): Promise<void> =>
      flights.run('poll', () => {
        const work = Promise.withResolvers<void>();
        runs.push(work);
        return work.promise;
      });
    const first = [run(), run(), run()];
    expect(runs).toHaveLength(1);
    runs[0]?.reject(new Error('the store is down'));
    expect((await Promise.allSettled(first)).map(({ status }) => status)).toEqual(
      first.map(() => 'rejected'),
    );
    const second = run();
    expect(runs).toHaveLength(2);
    runs[1]?.resolve();
    await second;
  });

  it('runs different keys at the same time', async () => {
    const flights = new SingleFlight<string, string>();
    const runs = ['a', 'b'].map((key) => flights.run(key, async () => key));
    expect(flights.size).toBe(2);
    expect(await Promise.all(runs)).toEqual(['a', 'b']);
    expect(flights.size).toBe(0);
  });
});
