import { later, millis, RefreshPolicy, seconds } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ManualClock } from '../fakes/manual-clock.ts';
import { DAY, HOUR, MINUTE, named, SECOND, tokenOf } from './support/documents.ts';
import { vendorOf } from './support/vendor.ts';

const NAME = named('aem-dev');

describe('vending', () => {
  it('knows no credential that nobody spoke of', () => {
    expect(vendorOf(NAME).vendor.vend('aem-other')).toMatchObject({ outcome: 'credential_not_found' });
  });

  it('counts the times at the moment of the answer', () => {
    const { clock, vendor } = vendorOf(NAME);
    clock.advance(millis(HOUR + 1));
    expect(vendor.vend(NAME)).toMatchObject({
      outcome: 'vended',
      expiresIn: 82_799,
      expiresAt: later(clock.now(), millis(DAY - HOUR - 1)),
    });
  });

  it('stops a minute before the end, to the millisecond', () => {
    const { clock, vendor } = vendorOf(NAME);
    clock.advance(millis(DAY - 60_000));
    expect(vendor.vend(NAME)).toMatchObject({ outcome: 'vended', expiresIn: 60 });
    clock.advance(millis(1));
    expect(vendor.vend(NAME)).toMatchObject({ outcome: 'token_expired' });
  });

  it.each([3, 10])('hands out a token of %i seconds until a tenth, or a second, is left', (life) => {
    const { clock, vendor } = vendorOf(NAME, life * SECOND);
    clock.advance(millis((life - 1) * SECOND));
    expect(vendor.vend(NAME)).toMatchObject({ outcome: 'vended', expiresIn: 1, refreshIn: 1 });
    clock.advance(millis(1));
    expect(vendor.vend(NAME)).toMatchObject({ outcome: 'token_expired' });
  });

  it.each([3 * SECOND, 10 * SECOND, HOUR, DAY])(
    'says refresh_in so that the renewal is due before it is over, while a token of %i ms is young',
    (life) => {
      const { clock, vendor } = vendorOf(NAME, life);
      const due = new RefreshPolicy().untilDue(tokenOf('t', life), millis(life));
      const vended = vendor.vend(NAME);
      const refreshIn = vended.outcome === 'vended' ? vended.refreshIn : 0;
      expect(refreshIn * SECOND).toBeGreaterThan(due);
      expect(refreshIn * SECOND).toBeLessThanOrEqual(due + MINUTE);
      clock.advance(millis(due));
      expect(vendor.vend(NAME)).toMatchObject({
        refreshIn: Math.max(1, Math.min(60, Math.ceil((life - due) / 10_000))),
      });
    },
  );

  it('keeps refresh_in between a second and expires_in, at every moment', () => {
    const wrong: unknown[] = [];
    for (const life of [2 * SECOND, 3 * SECOND, 10 * SECOND, 100 * SECOND, DAY]) {
      const { clock, vendor } = vendorOf(NAME, life);
      for (let step = 0; step < 500; step++, clock.advance(millis(life / 500))) {
        const vended = vendor.vend(NAME);
        if (vended.outcome !== 'vended') continue;
        const { refreshIn, expiresIn } = vended;
        if (!(Number.isInteger(refreshIn) && refreshIn >= 1 && refreshIn <= expiresIn)) wrong.push(vended);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('min_ttl', () => {
  it.each<[minTtl: number, outcome: string]>([
    [0, 'vended'],
    [79_200, 'vended'],
    [79_201, 'min_ttl_unavailable'],
    [86_400, 'min_ttl_unavailable'],
    [86_401, 'invalid_min_ttl'],
  ])('of %i seconds, two hours into a day-long token, is %s', (minTtl, outcome) => {
    const { clock, vendor } = vendorOf(NAME);
    clock.advance(millis(2 * HOUR));
    expect(vendor.vend(NAME, seconds(minTtl))).toMatchObject({ outcome });
  });

  it('that cannot be met yet says when a newer token is to be had', () => {
    const { clock, vendor } = vendorOf(NAME);
    clock.advance(millis(2 * HOUR));
    const plain = vendor.vend(NAME);
    const refused = vendor.vend(NAME, seconds(86_000));
    expect(refused).toEqual({
      outcome: 'min_ttl_unavailable',
      retryAfter: plain.outcome === 'vended' ? plain.refreshIn : null,
    });
  });

  it('may be no longer than the life of the held token, or of a usual one where none is held', () => {
    expect(vendorOf(NAME, 10 * SECOND).vendor.vend(NAME, seconds(11))).toMatchObject({ longest: 10 });
    expect(vendorOf(NAME, null).vendor.vend(NAME, seconds(86_401))).toMatchObject({ longest: 86_400 });
    expect(vendorOf(NAME, null).vendor.vend(NAME, seconds(86_400))).toMatchObject({
      outcome: 'token_unavailable',
    });
  });
});

describe('who gets no token is told to come back', () => {
  it('at once where the first attempt is still to come', () => {
    expect(vendorOf(NAME, null).vendor.vend(NAME)).toEqual({ outcome: 'token_unavailable', retryAfter: 1 });
  });

  it.each([
    [12_000, 13],
    [12_500, 14],
    [HOUR, 60],
    [-HOUR, 1],
  ])('where the next attempt comes in %i ms, after %i seconds', (wait, retryAfter) => {
    const nextAttemptAt = later(new ManualClock().now(), millis(wait));
    const { vendor } = vendorOf(NAME, null, { failing: true, nextAttemptAt });
    expect(vendor.vend(NAME)).toEqual({ outcome: 'token_unavailable', retryAfter });
  });

  it('after a minute where only a person can help', () => {
    expect(vendorOf(NAME, null, { failing: true }).vendor.vend(NAME)).toMatchObject({ retryAfter: 60 });
  });
});
