import { expect, it } from 'vitest';

import { LogPace } from './log-pace.ts';

it('LogPace lets one line of each kind pass per minute', () => {
  let now = 0;
  const pace = new LogPace(() => now);
  expect([pace.allows('listing'), pace.allows('listing'), pace.allows('lease')]).toEqual([true, false, true]);
  now = 59_999;
  expect(pace.allows('listing')).toBe(false);
  now = 60_000;
  expect([pace.allows('listing'), pace.allows('listing')]).toEqual([true, false]);
});
