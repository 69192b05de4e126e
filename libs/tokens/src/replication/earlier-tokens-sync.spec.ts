import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { DAY, HOUR, MINUTE, oauthDocument } from '../../../../test/support/tokens/documents.ts';
import { NAME, served } from '../../../../test/support/tokens/served.ts';
import type { TokenProcess } from '../../../../test/support/tokens/token-process.ts';

const shaOf = (service: TokenProcess): string => service.tokens.get(NAME)?.cached?.token.sha256 ?? '';
const revoke = (service: TokenProcess, tokenSha256: string) =>
  service.revocation.revoke({ name: NAME, tokenSha256, caller: 'security' });

/** A process after two renewals: the hashes of its tokens, oldest first. */
async function renewedTwice() {
  const { world, service } = await served();
  const hashes = [shaOf(service)];
  for (const version of ['v2', 'v3']) {
    world.clock.advance(millis(MINUTE));
    world.source.put(oauthDocument(NAME, version));
    await service.pollSource();
    hashes.push(shaOf(service));
  }
  return { world, service, hashes };
}

describe('earlier tokens', () => {
  it('are written back after the store lost everything, and each can be revoked', async () => {
    const { world, service, hashes } = await renewedTwice();
    const values = (await world.store.readEarlier(NAME)).map(({ token }) => token.reveal());
    world.store.flush();
    await service.sync.poll();
    const restored = (await world.store.readEarlier(NAME)).map(({ token }) => token.reveal());
    expect(restored).toEqual(values);
    const late = world.process();
    await late.start();
    for (const sha256 of hashes.slice(0, 2)) {
      expect(await revoke(late, sha256)).toMatchObject({ outcome: 'revoked' });
    }
    expect(world.ims.invalidated.toSorted()).toEqual(values.toSorted());
  });

  it('of a process that missed the loss are revoked from its memory, even before it writes them back', async () => {
    const { world, service, hashes } = await renewedTwice();
    world.store.flush();
    expect(await revoke(service, hashes[0] ?? '')).toMatchObject({ outcome: 'revoked' });
    expect(world.ims.invalidated).toHaveLength(1);
  });

  it('of a removed credential are written back as well', async () => {
    const { world, service } = await renewedTwice();
    await world.remove(NAME, service);
    world.store.flush();
    await service.sync.poll();
    expect(await world.store.readEarlier(NAME)).toHaveLength(3);
  });

  it('are given up when they expire', async () => {
    const { world, service } = await renewedTwice();
    world.clock.advance(millis(DAY + HOUR));
    world.store.flush();
    await service.sync.poll();
    expect(await world.store.readEarlier(NAME)).toEqual([]);
    expect(service.tokens.earlier.names()).toEqual([]);
  });

  it('are not written while the store has them, nor once it has as many as it keeps', async () => {
    const { world, service } = await renewedTwice();
    await service.sync.poll();
    expect(world.store.count('restoreEarlier')).toBe(0);
    for (let version = 4; version < 24; version += 1) {
      world.source.put(oauthDocument(NAME, `v${version}`));
      world.clock.advance(millis(MINUTE));
      await service.pollSource();
    }
    await service.sync.poll();
    expect(service.tokens.earlier.of(NAME)).toHaveLength(16);
    expect(world.store.count('restoreEarlier')).toBe(0);
  });
});
