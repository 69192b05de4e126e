import { expect, it } from 'vitest';

import { oneAtATime } from '../../apps/token-service/src/scheduling/one-at-a-time.ts';

it('a tick starts no work that still runs, and starts it again after success and failure', async () => {
  const begun: PromiseWithResolvers<void>[] = [];
  const tick = oneAtATime(() => {
    const work = Promise.withResolvers<void>();
    begun.push(work);
    return work.promise;
  });
  const first = [tick(), tick(), tick()];
  expect(begun).toHaveLength(1);
  begun[0]?.reject(new Error('the store is away'));
  expect((await Promise.allSettled(first)).map(({ status }) => status)).toEqual(first.map(() => 'rejected'));
  const second = tick();
  expect(begun).toHaveLength(2);
  begun[1]?.resolve();
  await second;
});
