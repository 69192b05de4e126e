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
