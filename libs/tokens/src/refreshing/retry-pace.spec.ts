import { describe, expect, it } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { millis } from '../model/units.ts';
import { RetryPace } from './retry-pace.ts';

const startable = (pace: RetryPace, attempts = 1_000): number =>
  Array.from({ length: attempts }, () => pace.mayStart()).filter(Boolean).length;

describe('RetryPace', () => {
  it('limits nothing while attempts succeed', () => {
    const pace = new RetryPace(new ManualClock());
    expect(startable(pace)).toBe(1_000);
    pace.ended(false);
    expect(startable(pace)).toBe(1_000);
  });

  it('allows twenty retries a second while attempts fail, until one succeeds', () => {
    const clock = new ManualClock();
    const pace = new RetryPace(clock);
    pace.ended(true);
    expect(startable(pace)).toBe(20);
    clock.advance(millis(999));
    expect(startable(pace)).toBe(0);
    clock.advance(millis(1));
    expect(startable(pace)).toBe(20);
    pace.ended(false);
    expect(startable(pace)).toBe(1_000);
  });
});
