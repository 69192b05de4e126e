import { later, millis, RefreshPolicy, seconds } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { DAY, HOUR, MINUTE, named, SECOND, tokenOf } from '../../../../test/support/tokens/documents.ts';
import { vendorOf } from '../../../../test/support/tokens/vendor.ts';

const NAME = named('aem-dev');

describe('TokenVendor', () => {
  it('does not know an unlisted credential', () => {
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

  it('stops a minute before expiry, to the millisecond', () => {
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

  it('keeps refresh_in between one second and expires_in at every moment', () => {
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

  it('that cannot be met yet says when a newer token is available', () => {
    const { clock, vendor } = vendorOf(NAME);
    clock.advance(millis(2 * HOUR));
    const plain = vendor.vend(NAME);
    const refused = vendor.vend(NAME, seconds(86_000));
    expect(refused).toEqual({
      outcome: 'min_ttl_unavailable',
      retryAfter: plain.outcome === 'vended' ? plain.refreshIn : null,
    });
  });

  it('may not exceed the lifetime of the cached token, or a day while none is cached', () => {
    expect(vendorOf(NAME, 10 * SECOND).vendor.vend(NAME, seconds(11))).toMatchObject({ longest: 10 });
    expect(vendorOf(NAME, null).vendor.vend(NAME, seconds(86_401))).toMatchObject({ longest: 86_400 });
    expect(vendorOf(NAME, null).vendor.vend(NAME, seconds(86_400))).toMatchObject({
      outcome: 'token_unavailable',
    });
  });
});

describe('a caller without a token is told to return', () => {
  it('at once while the first attempt has not ended', () => {
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

  it('after a minute if only a person can help', () => {
    expect(vendorOf(NAME, null, { failing: true }).vendor.vend(NAME)).toMatchObject({ retryAfter: 60 });
  });
});
