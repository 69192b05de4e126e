import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CredentialName } from '#libs/tokens';

import { describeCallersBudget } from './callers-budget.contract.ts';
import { describeEarlierTokens } from './earlier-tokens.contract.ts';
import { describeSharedKnowledge } from './shared-knowledge.contract.ts';
import { nameOf, recordOf, reportOf, type StorePair } from '../support/store-fixtures.ts';
import { describeLease } from './token-store-lease.contract.ts';

/** What anybody may rely on of any TokenStore. */
export function describeTokenStore(kind: string, open: () => Promise<StorePair>): void {
  describe(`${kind} as a TokenStore`, () => {
    let pair: StorePair;
    let count = 0;
    /** Every test has credentials of its own, so that one store serves all. */
    const freshName = (): CredentialName => nameOf(`aem-${++count}`);
    const listed = async (name: CredentialName) =>
      (await pair.other.list()).find((entry) => entry.name === name);

    beforeAll(async () => {
      pair = await open();
    });
    afterAll(() => pair.close());

    it('knows nothing of a credential nobody wrote', async () => {
      const name = freshName();
      expect(await pair.store.read(name)).toEqual({ status: 'absent', generation: 0 });
      expect(await listed(name)).toBeUndefined();
    });

    it('gives another process exactly what was published', async () => {
      const record = recordOf(freshName(), 1);
      expect(await pair.store.publish(record)).toEqual({ status: 'published', generation: 1 });
      const found = await pair.other.read(record.name);
      expect(found).toEqual({ status: 'found', record });
      expect(found.status === 'found' && found.record.token.reveal()).toBe(record.token.reveal());
      expect(await listed(record.name)).toEqual({
        name: record.name,
        generation: 1,
        removed: false,
        status: null,
      });
    });

    it('replaces a token by one of a higher generation, gaps allowed', async () => {
      const name = freshName();
      await pair.store.publish(recordOf(name, 3));
      const newer = recordOf(name, 10);
      expect(await pair.other.publish(newer)).toEqual({ status: 'published', generation: 10 });
      expect(await pair.store.read(name)).toEqual({ status: 'found', record: newer });
      expect(await listed(name)).toMatchObject({ generation: 10 });
    });

    it.each([4, 5])('refuses generation %i when it holds 5, and says what it holds', async (generation) => {
      const current = recordOf(freshName(), 5);
      await pair.store.publish(current);
      expect(await pair.other.publish(recordOf(current.name, generation))).toEqual({
        status: 'superseded',
        generation: 5,
      });
      expect(await pair.store.read(current.name)).toEqual({ status: 'found', record: current });
      expect(await listed(current.name)).toMatchObject({ generation: 5 });
    });

    it('lets exactly one of many publishers of one generation win', async () => {
      const name = freshName();
      const records = Array.from({ length: 40 }, (_, index) => recordOf(name, 7, `rival-${index}`));
      const answers = await Promise.all(
        records.map((record, index) => (index % 2 ? pair.store : pair.other).publish(record)),
      );
      const winners = records.filter((_, index) => answers[index]?.status === 'published');
      expect(winners).toHaveLength(1);
      expect(await pair.store.read(name)).toEqual({ status: 'found', record: winners[0] });
    });

    it('never goes back, in whatever order generations arrive', async () => {
      const name = freshName();
      const arriving = [2, 9, 1, 5, 12, 3, 12, 11];
      await Promise.all(arriving.map((generation) => pair.store.publish(recordOf(name, generation))));
      expect(await pair.other.read(name)).toMatchObject({ status: 'found', record: { generation: 12 } });
      expect(await listed(name)).toMatchObject({ generation: 12 });
    });

    it('leaves the generation of a removal behind, and takes only what is above it', async () => {
      const name = freshName();
      await pair.store.publish(recordOf(name, 4));
      await pair.store.writeStatus(reportOf(name));
      expect(await pair.store.remove(name, 5)).toEqual({ status: 'published', generation: 5 });
      expect(await pair.other.read(name)).toEqual({ status: 'absent', generation: 5 });
      expect(await listed(name)).toEqual({ name, generation: 5, removed: true, status: null });

      expect(await pair.other.publish(recordOf(name, 5))).toEqual({ status: 'superseded', generation: 5 });
      expect(await listed(name)).toMatchObject({ generation: 5, removed: true });

      expect(await pair.other.publish(recordOf(name, 6))).toEqual({ status: 'published', generation: 6 });
      expect(await pair.store.read(name)).toMatchObject({ status: 'found', record: { generation: 6 } });
      expect(await listed(name)).toMatchObject({ generation: 6, removed: false });
    });

    it('refuses to remove what is newer than the remover knew', async () => {
      const current = recordOf(freshName(), 8);
      await pair.store.publish(current);
      expect(await pair.other.remove(current.name, 8)).toEqual({ status: 'superseded', generation: 8 });
      expect(await pair.store.read(current.name)).toEqual({ status: 'found', record: current });
      expect(await listed(current.name)).toMatchObject({ removed: false });
    });

    it('can remove what it never held, as a fence for whoever did', async () => {
      const name = freshName();
      expect(await pair.store.remove(name, 3)).toEqual({ status: 'published', generation: 3 });
      expect(await pair.other.publish(recordOf(name, 2))).toEqual({ status: 'superseded', generation: 3 });
    });

    describeSharedKnowledge(() => pair, freshName);
    describeLease(() => pair, freshName);
    describeCallersBudget(() => pair, freshName);
    describeEarlierTokens(() => pair, freshName);
  });
}
