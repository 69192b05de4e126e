import { expect, it, vi } from 'vitest';

import { millis, type CredentialName, type ExchangeLimits } from '#libs/tokens';

import { EVENTUALLY, type StorePair } from '../support/store-fixtures.ts';

const HOUR = millis(3_600_000);
const LIMITS: ExchangeLimits = { perCaller: 2, perCredential: 3, window: HOUR };

/** The contract of `TokenStore.spendExchange`. */
export function describeCallersBudget(pair: () => StorePair, freshName: () => CredentialName): void {
  it('spendExchange grants at most the shares of caller and credential, across processes', async () => {
    const name = freshName();
    const { store, other } = pair();
    expect(await store.spendExchange(name, 'report', 'one', LIMITS)).toMatchObject({
      granted: true,
      retryAfter: 0,
      allMustWait: 0,
    });
    expect(await other.spendExchange(name, 'report', 'one', LIMITS)).toMatchObject({ granted: true });
    const refused = await store.spendExchange(name, 'report', 'one', LIMITS);
    expect(refused.granted).toBe(false);
    expect(refused.spentAt).toHaveLength(2);
    expect(refused.allMustWait).toBe(0);
    expect(refused.retryAfter).toBeGreaterThan(HOUR - EVENTUALLY.timeout);
    expect(refused.retryAfter).toBeLessThanOrEqual(HOUR);
    const third = await other.spendExchange(name, 'report', 'two', LIMITS);
    expect(third.granted).toBe(true);
    expect(third.spentAt).toHaveLength(3);
    expect(third.allMustWait).toBeGreaterThan(HOUR - EVENTUALLY.timeout);
    expect(third.allMustWait).toBeLessThanOrEqual(HOUR);
    for (const at of third.spentAt) expect(Math.abs(at - Date.now())).toBeLessThan(EVENTUALLY.timeout);
    expect(await store.spendExchange(name, 'report', 'two', LIMITS)).toMatchObject({ granted: false });
    expect(await store.spendExchange(name, 'report', 'three', LIMITS)).toMatchObject({ granted: false });
  });

  it('spendExchange counts each cause and each credential separately', async () => {
    const name = freshName();
    const { store } = pair();
    const limits = { ...LIMITS, perCaller: 1 };
    expect(await store.spendExchange(name, 'report', 'one', limits)).toMatchObject({ granted: true });
    expect(await store.spendExchange(name, 'report', 'one', limits)).toMatchObject({ granted: false });
    expect(await store.spendExchange(name, 'revocation', 'one', limits)).toMatchObject({ granted: true });
    expect(await store.spendExchange(freshName(), 'report', 'one', limits)).toMatchObject({ granted: true });
  });

  it('spendExchange grants no more than the budget to concurrent calls', async () => {
    const name = freshName();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        (index % 2 ? pair().store : pair().other).spendExchange(name, 'report', `caller-${index}`, LIMITS),
      ),
    );
    expect(answers.filter(({ granted }) => granted)).toHaveLength(LIMITS.perCredential);
  });

  it('spendExchange grants again after the window', async () => {
    const name = freshName();
    const limits = { perCaller: 1, perCredential: 1, window: millis(300) };
    expect(await pair().store.spendExchange(name, 'report', 'one', limits)).toMatchObject({ granted: true });
    await vi.waitFor(async () => {
      const again = await pair().other.spendExchange(name, 'report', 'one', limits);
      expect(again.granted).toBe(true);
      expect(again.spentAt).toHaveLength(1);
    }, EVENTUALLY);
  });
}
