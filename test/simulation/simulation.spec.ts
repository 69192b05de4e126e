import { describe, expect, it } from 'vitest';

import { ForgetfulStore, GenerousStore, UnfencedStore } from './broken-stores.ts';
import { simulate } from './simulation.ts';
import { Violation } from './violation.ts';

const FIRST_SEEDS = Array.from({ length: 100 }, (_, index) => index + 1);

describe('the protocol', () => {
  it.each(Array.from({ length: 10 }, (_, index) => index * 100))(
    'keeps its rules whatever fails, by seeds from %i on',
    async (from) => {
      for (const seed of FIRST_SEEDS) await expect(simulate(from + seed)).resolves.toBeDefined();
    },
  );
});

describe('the simulation', () => {
  it('does the same again for the same seed', async () => {
    const [one, other] = [await simulate(7, { isTraced: true }), await simulate(7, { isTraced: true })];
    expect(one.trace.toString()).toBe(other.trace.toString());
  });

  it.each([
    ['takes any publication', () => new UnfencedStore(), 'the store went from generation'],
    ['gives everybody the lease', () => new GenerousStore(), 's from another exchange'],
    ['forgets removals', () => new ForgetfulStore(), 'removed'],
  ])('notices a store that %s', async (_, makeStore, what) => {
    const violations: string[] = [];
    for (const seed of FIRST_SEEDS) {
      try {
        await simulate(seed, { makeStore });
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        violations.push(error.message);
      }
    }
    expect(violations.join('\n')).toContain(what);
    expect(violations[0]).toMatch(/seed \d+, step \d+; again with: npm run simulate -- --seed \d+/u);
  });
});
