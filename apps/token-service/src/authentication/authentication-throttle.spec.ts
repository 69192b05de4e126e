import { millis } from '#libs/tokens';
import { beforeEach, describe, expect, it } from 'vitest';

import { AuthenticationThrottle } from './authentication-throttle.ts';
import { ManualClock } from '../../../../test/fakes/manual-clock.ts';

const CLIENT = '192.0.2.1';
let clock: ManualClock;
let throttle: AuthenticationThrottle;

beforeEach(() => {
  clock = new ManualClock();
  throttle = new AuthenticationThrottle(clock);
});

/** Fails this many times, with enough time between the failures that each counts as a mistake. */
function fail(times: number, address = CLIENT): (number | null)[] {
  return Array.from({ length: times }, () => {
    clock.advance(millis(2_001));
    return throttle.failed(address);
  });
}

describe('AuthenticationThrottle', () => {
  it('does not throttle the first mistakes, then asks for a longer wait after each', () => {
    const waits = fail(16);
    expect(waits.slice(0, 10)).toEqual(Array(10).fill(null));
    const slowed = waits.slice(10).filter((wait) => wait !== null);
    expect(slowed.length).toBeGreaterThan(3);
    expect(slowed).toEqual([...slowed].sort((a, b) => a - b));
    expect(new Set(slowed).size).toBe(slowed.length);
  });

  it('never asks for a wait of more than five minutes', () => {
    expect(fail(100).at(-1)).toBe(300);
  });

  it('forgives with time: does not throttle an address that waited as long as asked', () => {
    const wait = fail(20).at(-1) ?? 0;
    clock.advance(millis(wait * 1000 + 30_000));
    expect(throttle.failed(CLIENT)).toBeNull();
  });

  it('counts two failures right after each other as one mistake, and a third as another', () => {
    for (let pair = 0; pair < 9; pair += 1) {
      clock.advance(millis(2_001));
      expect([throttle.failed(CLIENT), throttle.failed(CLIENT)]).toEqual([null, null]);
    }
    const burst = Array.from({ length: 8 }, () => throttle.failed(CLIENT));
    expect(burst.at(0)).toBeNull();
    expect(burst.at(-1)).toBeGreaterThan(0);
  });

  it('counts by IPv4 address, and by IPv6 network of 64 bits', () => {
    fail(20);
    expect(throttle.failed('192.0.2.2')).toBeNull();
    expect(throttle.failed(`::ffff:${CLIENT}`)).toBeGreaterThan(0);
    expect(throttle.failed('::ffff:c000:201')).toBeGreaterThan(0);
    for (let host = 1; host <= 20; host += 1) fail(1, `2001:db8:0:1::${host.toString(16)}`);
    expect(throttle.failed('2001:db8::1:ffff:1:2:3')).toBeGreaterThan(0);
    expect(throttle.failed('2001:db8:0:2::1')).toBeNull();
  });

  it('forgives nothing when the wall clock is set back', () => {
    fail(20);
    clock.jump(millis(-3_600_000));
    expect(throttle.failed(CLIENT)).toBeGreaterThan(0);
  });

  it('remembers a bounded number of addresses, the most recent ones', () => {
    fail(20);
    const others = (start: number): void => {
      for (let address = start; address < start + 9_000; address += 1) {
        throttle.failed(`10.0.${address >> 8}.${address & 255}`);
      }
    };
    others(0);
    expect(throttle.failed(CLIENT)).toBeGreaterThan(0);
    others(9_000);
    expect(throttle.failed(CLIENT)).toBeGreaterThan(0);
    expect(throttle.size).toBe(10_000);
    others(18_000);
    others(27_000);
    expect(throttle.failed(CLIENT)).toBeNull();
  });
});
