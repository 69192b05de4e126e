import { expect, it } from 'vitest';

import { AccessToken, instant, later, millis, type CredentialName, type TokenRecord } from '#libs/tokens';

import type { StorePair } from '../support/store-fixtures.ts';

const DAY = millis(86_400_000);

/** A token that expires after `life` from now; expired if that is negative. */
function living(name: CredentialName, generation: number, life = DAY): TokenRecord {
  const now = instant(Date.now());
  const token = new AccessToken(`${name}.${generation}`, later(now, millis(-1_000)), later(now, life));
  return { name, generation, token, version: 'v1' };
}

/** The contract of `TokenStore.readEarlier`, `noteRevoked` and `isRevoked`. */
export function describeEarlierTokens(pair: () => StorePair, freshName: () => CredentialName): void {
  const publish = async (...records: readonly TokenRecord[]): Promise<void> => {
    for (const record of records) await pair().store.publish(record);
  };

  it('readEarlier returns the earlier tokens that have not expired, newest first', async () => {
    const name = freshName();
    expect(await pair().other.readEarlier(name)).toEqual([]);
    const records = [living(name, 1), living(name, 3), living(name, 4, millis(-1)), living(name, 7)];
    await publish(...records);
    const earlier = await pair().other.readEarlier(name);
    expect(earlier).toEqual([records[1], records[0]]);
    expect(earlier.map(({ token }) => token.reveal())).toEqual([`${name}.3`, `${name}.1`]);
  });

  it('readEarlier returns nothing of a refused publication', async () => {
    const name = freshName();
    await publish(living(name, 5), living(name, 4));
    expect(await pair().other.readEarlier(name)).toEqual([]);
  });

  it('readEarlier returns the last sixteen tokens', async () => {
    const name = freshName();
    await publish(...Array.from({ length: 20 }, (_, index) => living(name, index + 1)));
    const generations = (await pair().other.readEarlier(name)).map(({ generation }) => generation);
    expect(generations).toEqual(Array.from({ length: 16 }, (_, index) => 19 - index));
  });

  it('readEarlier returns the last token of a removed credential', async () => {
    const name = freshName();
    const record = living(name, 1);
    await publish(record);
    await pair().store.remove(name, 2);
    expect(await pair().other.readEarlier(name)).toEqual([record]);
  });

  it('earlierGenerations lists what is there, and restoreEarlier adds only what is not', async () => {
    const [name, other] = [freshName(), freshName()];
    const records = [living(name, 2), living(name, 4), living(name, 6)];
    await publish(...records, living(other, 1));
    const generations = async () => {
      const found = await pair().other.earlierGenerations([name, other]);
      return [name, other].map((each) => (found.get(each) ?? []).toSorted((one, another) => one - another));
    };
    expect(await generations()).toEqual([[2, 4], []]);
    const lost = [living(name, 3), living(name, 1)];
    const rival = { ...living(name, 2), version: 'v2' };
    await pair().other.restoreEarlier(name, [...lost, rival]);
    expect(await generations()).toEqual([[1, 2, 3, 4], []]);
    const earlier = await pair().store.readEarlier(name);
    expect(earlier).toEqual([records[1], lost[0], records[0], lost[1]]);
  });

  it('restoreEarlier keeps sixteen tokens at most, and none that has expired', async () => {
    const name = freshName();
    await publish(...Array.from({ length: 11 }, (_, index) => living(name, index + 20)));
    const lost = Array.from({ length: 12 }, (_, index) => living(name, index + 1));
    await pair().other.restoreEarlier(name, [living(name, 19, millis(-1)), ...lost]);
    const kept = (await pair().store.readEarlier(name)).map(({ generation }) => generation);
    expect(kept.length).toBeLessThanOrEqual(16);
    expect(kept.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, index) => 29 - index));
    expect(kept).not.toContain(19);
  });

  it('isRevoked returns true only for the noted token of the credential', async () => {
    const name = freshName();
    const { sha256 } = living(name, 1).token;
    expect(await pair().other.isRevoked(name, sha256)).toBe(false);
    await pair().store.noteRevoked(name, sha256);
    expect(await pair().other.isRevoked(name, sha256)).toBe(true);
    expect(await pair().other.isRevoked(freshName(), sha256)).toBe(false);
    expect(await pair().other.isRevoked(name, living(name, 2).token.sha256)).toBe(false);
  });
}
