import { describe, expect, it } from 'vitest';

import { SingleFlight } from './single-flight.ts';

describe('SingleFlight', () => {
  it('runs work once for concurrent calls of one key, and gives all of them its result', async () => {
    const flight = new SingleFlight<string, number>();
    const { promise, resolve } = Promise.withResolvers<number>();
    let runs = 0;
    const work = (): Promise<number> => {
      runs += 1;
      return promise;
    };
    const calls = [flight.run('a', work), flight.run('a', work), flight.run('a', work)];
    resolve(7);
    expect(await Promise.all(calls)).toEqual([7, 7, 7]);
    expect(runs).toBe(1);
  });

  it('runs work of different keys side by side', async () => {
    const flight = new SingleFlight<string, string>();
    const calls = [flight.run('a', async () => 'one'), flight.run('b', async () => 'two')];
    expect(flight.size).toBe(2);
    expect(await Promise.all(calls)).toEqual(['one', 'two']);
  });

  it.each([
    ['a success', async () => 1],
    ['a failure', () => Promise.reject(new Error('failed'))],
  ])('starts again after %s', async (_, work) => {
    const flight = new SingleFlight<string, number>();
    await flight.run('a', work).catch(() => undefined);
    expect(flight.get('a')).toBeUndefined();
    expect(await flight.run('a', async () => 2)).toBe(2);
  });
});
