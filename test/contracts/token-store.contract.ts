import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CredentialName } from '#libs/tokens';

import { describeCallersBudget } from './callers-budget.contract.ts';
import { describeEarlierTokens } from './earlier-tokens.contract.ts';
import { describeSharedKnowledge } from './shared-knowledge.contract.ts';
import { nameOf, recordOf, statusRecordOf, type StorePair } from '../support/store-fixtures.ts';
import { describeLease } from './token-store-lease.contract.ts';

/** The contract of every TokenStore. */
export function describeTokenStore(kind: string, open: () => Promise<StorePair>): void {
  describe(`${kind} as a TokenStore`, () => {
    let pair: StorePair;
    let count = 0;
    /** Each test has credentials of its own, so that all tests share one store. */
    const freshName = (): CredentialName => nameOf(`aem-${++count}`);
    const listed = async (name: CredentialName) =>
      (await pair.other.list()).find((entry) => entry.name === name);

    beforeAll(async () => {
      pair = await open();
    });
    afterAll(() => pair.close());

    it('reads absent for a credential that was never written', async () => {
      const name = freshName();
      expect(await pair.store.read(name)).toEqual({ status: 'absent', generation: 0 });
      expect(await listed(name)).toBeUndefined();
    });

    it('returns a published token to another process', async () => {
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

    it('replaces a token by one of a higher generation, with gaps', async () => {
      const name = freshName();
      await pair.store.publish(recordOf(name, 3));
      const newer = recordOf(name, 10);
      expect(await pair.other.publish(newer)).toEqual({ status: 'published', generation: 10 });
      expect(await pair.store.read(name)).toEqual({ status: 'found', record: newer });
      expect(await listed(name)).toMatchObject({ generation: 10 });
    });

    it.each([4, 5])('refuses generation %i while it has 5, and returns 5', async (generation) => {
      const current = recordOf(freshName(), 5);
      await pair.store.publish(current);
      expect(await pair.other.publish(recordOf(current.name, generation))).toEqual({
        status: 'superseded',
        generation: 5,
      });
      expect(await pair.store.read(current.name)).toEqual({ status: 'found', record: current });
      expect(await listed(current.name)).toMatchObject({ generation: 5 });
    });

    it('accepts exactly one of 40 concurrent publications of one generation', async () => {
      const name = freshName();
      const records = Array.from({ length: 40 }, (_, index) => recordOf(name, 7, `rival-${index}`));
      const answers = await Promise.all(
        records.map((record, index) => (index % 2 ? pair.store : pair.other).publish(record)),
      );
      const winners = records.filter((_, index) => answers[index]?.status === 'published');
      expect(winners).toHaveLength(1);
      expect(await pair.store.read(name)).toEqual({ status: 'found', record: winners[0] });
    });

    it('keeps the highest generation in any order of arrival', async () => {
      const name = freshName();
      const arriving = [2, 9, 1, 5, 12, 3, 12, 11];
      await Promise.all(arriving.map((generation) => pair.store.publish(recordOf(name, generation))));
      expect(await pair.other.read(name)).toMatchObject({ status: 'found', record: { generation: 12 } });
      expect(await listed(name)).toMatchObject({ generation: 12 });
    });

    it('keeps the generation of a removal, and accepts only a higher one', async () => {
      const name = freshName();
      await pair.store.publish(recordOf(name, 4));
      await pair.store.writeStatus(statusRecordOf(name), 9);
      expect(await pair.store.remove(name, 5)).toEqual({ status: 'published', generation: 5 });
      expect(await pair.other.read(name)).toEqual({ status: 'removed', generation: 5 });
      expect(await listed(name)).toEqual({ name, generation: 5, removed: true, status: null });

      expect(await pair.other.publish(recordOf(name, 5))).toEqual({ status: 'superseded', generation: 5 });
      expect(await listed(name)).toMatchObject({ generation: 5, removed: true });

      expect(await pair.other.publish(recordOf(name, 6))).toEqual({ status: 'published', generation: 6 });
      expect(await pair.store.read(name)).toMatchObject({ status: 'found', record: { generation: 6 } });
      expect(await listed(name)).toMatchObject({ generation: 6, removed: false });
    });

    it('refuses a removal with a lower generation', async () => {
      const current = recordOf(freshName(), 8);
      await pair.store.publish(current);
      expect(await pair.other.remove(current.name, 8)).toEqual({ status: 'superseded', generation: 8 });
      expect(await pair.store.read(current.name)).toEqual({ status: 'found', record: current });
      expect(await listed(current.name)).toMatchObject({ removed: false });
    });

    it('accepts the removal of an unknown credential, which fences later publications', async () => {
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
