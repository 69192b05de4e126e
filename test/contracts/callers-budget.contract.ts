import { expect, it, vi } from 'vitest';

import { millis, type CredentialName, type ExchangeLimits } from '#libs/tokens';

import { PATIENCE, type StorePair } from '../support/store-fixtures.ts';

const HOUR = millis(3_600_000);
const LIMITS: ExchangeLimits = { perCaller: 2, perCredential: 3, window: HOUR };

/** What anybody may rely on of the budgets that any TokenStore keeps for callers. */
export function describeCallersBudget(pair: () => StorePair, freshName: () => CredentialName): void {
  it('grants a caller its share and all callers theirs, whichever process asks', async () => {
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
    expect(refused.retryAfter).toBeGreaterThan(HOUR - PATIENCE.timeout);
    expect(refused.retryAfter).toBeLessThanOrEqual(HOUR);
    const third = await other.spendExchange(name, 'report', 'two', LIMITS);
    expect(third.granted).toBe(true);
    expect(third.spentAt).toHaveLength(3);
    expect(third.allMustWait).toBeGreaterThan(HOUR - PATIENCE.timeout);
    expect(third.allMustWait).toBeLessThanOrEqual(HOUR);
    for (const at of third.spentAt) expect(Math.abs(at - Date.now())).toBeLessThan(PATIENCE.timeout);
    expect(await store.spendExchange(name, 'report', 'two', LIMITS)).toMatchObject({ granted: false });
    expect(await store.spendExchange(name, 'report', 'three', LIMITS)).toMatchObject({ granted: false });
  });

  it('keeps a budget for each cause and each credential', async () => {
    const name = freshName();
    const { store } = pair();
    const limits = { ...LIMITS, perCaller: 1 };
    expect(await store.spendExchange(name, 'report', 'one', limits)).toMatchObject({ granted: true });
    expect(await store.spendExchange(name, 'report', 'one', limits)).toMatchObject({ granted: false });
    expect(await store.spendExchange(name, 'revocation', 'one', limits)).toMatchObject({ granted: true });
    expect(await store.spendExchange(freshName(), 'report', 'one', limits)).toMatchObject({ granted: true });
  });

  it('grants no more than there is to however many ask at once', async () => {
    const name = freshName();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        (index % 2 ? pair().store : pair().other).spendExchange(name, 'report', `caller-${index}`, LIMITS),
      ),
    );
    expect(answers.filter(({ granted }) => granted)).toHaveLength(LIMITS.perCredential);
  });

  it('has the budget again when what was spent is out of the window', async () => {
    const name = freshName();
    const limits = { perCaller: 1, perCredential: 1, window: millis(300) };
    expect(await pair().store.spendExchange(name, 'report', 'one', limits)).toMatchObject({ granted: true });
    await vi.waitFor(async () => {
      const again = await pair().other.spendExchange(name, 'report', 'one', limits);
      expect(again.granted).toBe(true);
      expect(again.spentAt).toHaveLength(1);
    }, PATIENCE);
  });
}
