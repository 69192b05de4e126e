import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing, HANGING } from '../../../../test/fakes/scripted-ims-client.ts';
import {
  localDocument,
  MINUTE,
  named,
  oauthDocument,
  SECOND,
  tokenOf,
} from '../../../../test/support/tokens/documents.ts';
import type { TokenProcess } from '../../../../test/support/tokens/token-process.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const NAME = named('aem-dev');

/** A start as the service does it: the source is polled while the store is. */
async function restart(process: TokenProcess): Promise<void> {
  const polled = process.refresher.syncWithSource();
  await process.sync.poll();
  await polled;
  await process.sync.poll();
  await process.refresh();
}

/** A store that was restored from the time before its token was revoked, and no process that knows. */
async function restored() {
  const world = new World();
  world.source.put(oauthDocument(NAME));
  const before = world.process();
  await before.start();
  const old = before.tokens.get(NAME)?.cached?.record;
  if (old === undefined) throw new Error('no token');
  await before.revocation.revoke({ name: NAME, tokenSha256: old.token.sha256, caller: 'security' });
  expect(world.ims.invalidated).toEqual([old.token.reveal()]);
  world.store.flush();
  await world.store.publish(old);
  await world.store.writeStatus(before.plan.statusRecord(oauthDocument(NAME), null, null), old.generation);
  return { world, revoked: old.token.reveal(), generation: old.generation };
}

describe('a token that a process finds in the store at its start', () => {
  it('is never vended where IMS refuses it, and is replaced by one exchange', async () => {
    const { world, revoked, generation } = await restored();
    const exchanges = world.ims.exchanges();
    const served = new Set<string | null>();
    const processes = [world.process(), world.process()];
    for (const process of processes) {
      process.tokens.onChange(() => served.add(process.served(NAME)));
      await restart(process);
    }
    for (const process of processes) {
      await process.tick();
      expect(process.served(NAME)).not.toBeNull();
      expect(process.tokens.generationOf(NAME)).toBeGreaterThan(generation);
    }
    expect(served).not.toContain(revoked);
    expect(world.ims.exchanges()).toBe(exchanges + 1);
    expect(world.ims.validations.filter((token) => token === revoked)).toHaveLength(1);
    expect(processes[0]?.heard('token.found-revoked')).toBe(1);
  });

  it('is not vended by a process without credentials either, once its revocation is noted', async () => {
    const { world, revoked } = await restored();
    const refreshing = world.process();
    world.ims.always(NAME, failing('ims_unavailable'));
    await restart(refreshing);
    const other = world.process();
    await other.sync.poll();
    expect([refreshing.served(NAME), other.served(NAME)]).toEqual([null, null]);
    world.ims.always(NAME, { life: millis(86_400_000) });
    await world.pass(10 * MINUTE, SECOND, [refreshing]);
    await other.sync.poll();
    expect(other.served(NAME)).toBe(refreshing.served(NAME));
    expect(other.served(NAME)).not.toBe(revoked);
  });

  it('is vended after one validation where IMS accepts it, without an exchange', async () => {
    const world = new World();
    world.source.put(oauthDocument(NAME));
    const before = world.process();
    await before.start();
    const process = world.process();
    await restart(process);
    await world.pass(MINUTE, SECOND, [process]);
    expect(process.served(NAME)).toBe(before.served(NAME));
    expect(world.ims.validations).toHaveLength(1);
    expect(world.ims.exchanges()).toBe(1);
  });

  it.each([
    ['is unreachable', failing('ims_unreachable')],
    ['hangs', HANGING],
  ])('is vended unchecked where IMS %s: an outage stops no start', async (_what, answer) => {
    const world = new World();
    for (const name of ['aem-dev', 'aem-stage']) world.source.put(oauthDocument(named(name)));
    const before = world.process();
    await before.start();
    for (const name of ['aem-dev', 'aem-stage']) world.ims.invalidates(name, answer);
    const process = world.process();
    await restart(process);
    expect(process.served('aem-dev')).toBe(before.served('aem-dev'));
    expect(process.served('aem-stage')).toBe(before.served('aem-stage'));
  });

  it('is vended unchecked where the source cannot be read', async () => {
    const world = new World();
    world.source.put(oauthDocument(NAME));
    const before = world.process();
    await before.start();
    world.source.fail();
    const process = world.process();
    await restart(process);
    expect(process.served(NAME)).toBe(before.served(NAME));
  });

  it('is not asked for at IMS where another process minted it after the start', async () => {
    const world = new World();
    world.source.put(oauthDocument(NAME));
    const [minting, process] = [world.process(), world.process()];
    world.clock.advance(millis(SECOND));
    await restart(minting);
    await restart(process);
    expect(process.served(NAME)).toBe(minting.served(NAME));
    expect(world.ims.validations).toEqual([]);
  });

  it('is not asked for at IMS where it is a local token, or is over', async () => {
    const world = new World();
    world.source.put(localDocument(NAME, tokenOf('local')));
    const before = world.process();
    await before.start();
    await restart(world.process());
    expect(world.ims.validations).toEqual([]);
  });
});
