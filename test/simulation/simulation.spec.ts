import type { Clock, TokenStore } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ForgetfulStore, GenerousStore, UnfencedStore } from './broken-stores.ts';
import { simulate } from './simulation.ts';
import { Violation } from './violation.ts';

/** A hundred seeds are pure computation, 4 s alone; a busy machine takes far longer. */
const TIMEOUT_MS = 300_000;
const HUNDRED = Array.from({ length: 100 }, (_, index) => index + 1);

describe('the protocol', () => {
  it.each(Array.from({ length: 10 }, (_, index) => index * 100))(
    'keeps its rules through every simulated fault, for 100 seeds after %i',
    async (from) => {
      for (const seed of HUNDRED) await expect(simulate(from + seed)).resolves.toBeDefined();
    },
    TIMEOUT_MS,
  );
});

describe('the simulation', () => {
  it('does the same again for the same seed', async () => {
    const [one, other] = [await simulate(7, { isTraced: true }), await simulate(7, { isTraced: true })];
    expect(one.trace.toString()).toBe(other.trace.toString());
  });

  it.each([
    ['takes any publication', (clock: Clock) => new UnfencedStore(clock), /the store went from generation/u],
    [
      'grants the lease to every replica',
      (clock: Clock) => new GenerousStore(clock),
      's from another exchange',
    ],
    // A removal that is forgotten brings the last token back, removed or meanwhile expired.
    ['forgets removals', (clock: Clock) => new ForgetfulStore(clock), /removed|has expired/u],
  ])('notices a store that %s', async (_, makeStore, what) => {
    const { message } = await firstViolation(makeStore);
    expect(message).toMatch(what);
    expect(message).toMatch(
      /seed (?<seed>\d+), step \d+; again with: npm run simulate -- --seed \k<seed>\n/u,
    );
  });
});

async function firstViolation(makeStore: (clock: Clock) => TokenStore): Promise<Violation> {
  for (const seed of HUNDRED) {
    try {
      await simulate(seed, { makeStore, withReports: false });
    } catch (error) {
      if (error instanceof Violation) return error;
      throw error;
    }
  }
  throw new Error('a hundred seeds found nothing wrong');
}
