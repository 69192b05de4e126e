import { AccessToken, instant, later, millis, type TokenCache, type TokenRecord } from '#libs/tokens';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { named } from '../support/tokens/documents.ts';

const NOW = instant(Date.UTC(2026, 0, 15, 12));
const [ONE, OTHER] = [named('aem-dev'), named('aem.prod_1-eu')];

const recordOf = (name = ONE, generation = 1, more: Partial<TokenRecord> = {}): TokenRecord => ({
  name,
  generation,
  token: new AccessToken(`${name} ${generation} tökén`, NOW, later(NOW, millis(86_400_000))),
  version: 'v1',
  ...more,
});

interface Machine {
  readonly cache: TokenCache;
  close(): Promise<void>;
}

/** The contract of TokenCache. */
export function describeTokenCache(what: string, make: () => Promise<Machine>): void {
  describe(`${what} as a token cache`, () => {
    let machine: Machine;
    let cache: TokenCache;

    beforeEach(async () => {
      machine = await make();
      ({ cache } = machine);
    });
    afterEach(() => machine.close());

    it('is empty at first', async () => {
      expect(await cache.load()).toEqual({ tokens: [], spent: new Map(), manifest: null });
    });

    it('returns each token as it was saved, with the time of that', async () => {
      const records = [recordOf(), recordOf(OTHER, 999, { rejected: ['ab'.repeat(32)], version: 'ü' })];
      for (const record of records) await cache.saveToken(record, NOW);
      const { tokens } = await cache.load();
      const found = tokens.toSorted((one, other) => one.record.generation - other.record.generation);
      expect(found).toEqual(records.map((record) => ({ record, keptAt: NOW })));
      expect(found.map(({ record }) => record.token.reveal())).toEqual(
        records.map(({ token }) => token.reveal()),
      );
    });

    it('replaces and removes a token', async () => {
      await cache.saveToken(recordOf(ONE, 1), NOW);
      await cache.saveToken(recordOf(OTHER, 1), NOW);
      await cache.saveToken(recordOf(ONE, 2), NOW);
      await cache.removeToken(OTHER);
      await cache.removeToken(named('never-there'));
      expect((await cache.load()).tokens.map(({ record }) => record)).toEqual([recordOf(ONE, 2)]);
    });

    it('keeps the times of exchanges, and forgets an empty list', async () => {
      await cache.saveSpent(ONE, [NOW, later(NOW, millis(5))]);
      await cache.saveSpent(OTHER, [NOW]);
      await cache.saveSpent(OTHER, []);
      expect((await cache.load()).spent).toEqual(new Map([[ONE, [NOW, later(NOW, millis(5))]]]));
    });

    it('keeps the last manifest', async () => {
      await cache.saveManifest({ at: NOW, names: [ONE] });
      const manifest = { at: later(NOW, millis(60_000)), names: [ONE, OTHER] };
      await cache.saveManifest(manifest);
      expect((await cache.load()).manifest).toEqual(manifest);
    });

    it('removes what it has of other credentials', async () => {
      for (const name of [ONE, OTHER]) {
        await cache.saveToken(recordOf(name), NOW);
        await cache.saveSpent(name, [NOW]);
      }
      await cache.keepOnly(new Set([OTHER]));
      const { tokens, spent } = await cache.load();
      expect(tokens.map(({ record }) => record.name)).toEqual([OTHER]);
      expect([...spent.keys()]).toEqual([OTHER]);
    });
  });
}
