import {
  createServingSide,
  MAX_KNOWN,
  millis,
  RefreshPolicy,
  ServePolicy,
  type ServingSide,
} from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing } from '../../../../test/fakes/scripted-ims-client.ts';
import { ScriptedPeers } from '../../../../test/fakes/scripted-peers.ts';
import {
  DAY,
  HOUR,
  named,
  oauthDocument,
  SECOND,
  tokenOf,
} from '../../../../test/support/tokens/documents.ts';
import { TokenProcess } from '../../../../test/support/tokens/token-process.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const NAME = named('aem-dev');

/** A process without credentials. */
function vendingIn({ store, clock }: World, peers: ScriptedPeers): ServingSide {
  return createServingSide({
    store,
    cache: null,
    peers,
    clock,
    listener: () => undefined,
    servePolicy: new ServePolicy(),
    refreshPolicy: new RefreshPolicy(),
  });
}

/** A refreshing and a vending process, each with a way to the other. */
async function apart() {
  const world = new World();
  world.source.put(oauthDocument(NAME));
  const { clock, store, source, ims } = world;
  const [toVending, toRefreshing] = [new ScriptedPeers(), new ScriptedPeers()];
  const refreshing = new TokenProcess({ clock, store, source, ims, peers: toVending });
  const vending = vendingIn(world, toRefreshing);
  toVending.connect(vending);
  toRefreshing.connect(refreshing);
  await refreshing.start();
  await vending.sync.poll();
  return { world, refreshing, vending, toVending, toRefreshing };
}

const served = ({ vendor }: Pick<ServingSide, 'vendor'>, name = NAME): string | null => {
  const vended = vendor.vend(name);
  return vended.outcome === 'vended' ? vended.cached.token.reveal() : null;
};
const look = async ({ sync, peerSync }: Pick<ServingSide, 'sync' | 'peerSync'>): Promise<void> => {
  await sync.poll();
  await peerSync.tick();
};

describe('processes that can reach each other', () => {
  it.each<[string, (world: World) => void]>([
    [
      'refuses writes',
      ({ store }) => store.fail(undefined, ['publish', 'report', 'acquireLease', 'noteListing']),
    ],
    ['is down', ({ store }) => store.fail()],
  ])('never starve while the store %s for days and IMS is well', async (_, trouble) => {
    const { world, refreshing, vending } = await apart();
    trouble(world);
    for (let hours = 0; hours < 72; hours += 1) {
      await refreshing.tick();
      await look(vending);
      expect(served(vending)).not.toBeNull();
      world.clock.advance(millis(HOUR));
    }
    expect(world.ims.exchanges()).toBeLessThan(9);
  });

  it('ask each other for nothing while the store carries everything', async () => {
    const { world, refreshing, vending, toRefreshing, toVending } = await apart();
    for (let hours = 0; hours < 48; hours += 1) {
      await refreshing.tick();
      await look(refreshing);
      await look(vending);
      world.clock.advance(millis(HOUR));
    }
    expect([toRefreshing.requests.length, toVending.requests.length]).toEqual([0, 0]);
  });

  it('mint one token for all that renew, while the store is down', async () => {
    const { world, refreshing, toVending } = await apart();
    const { clock, store, source, ims } = world;
    const toFirst = new ScriptedPeers();
    const second = new TokenProcess({ clock, store, source, ims, peers: toFirst });
    toFirst.connect(refreshing);
    toVending.connect(second);
    await second.start();
    store.fail();
    world.clock.advance(millis(0.6 * DAY));
    await refreshing.tick();
    await second.tick();
    expect(ims.exchanges()).toBe(2);
    expect(second.served(NAME)).toBe(refreshing.served(NAME));
  });

  it('tell a process that starts while the store is down everything, and that it is everything', async () => {
    const { world, refreshing } = await apart();
    world.store.fail();
    const peers = new ScriptedPeers();
    peers.connect(refreshing);
    const started = vendingIn(world, peers);
    await look(started);
    expect(served(started)).toBe(refreshing.served(NAME));
    expect([started.sync.hasCompleteCopy, await started.sync.hasListing()]).toEqual([true, false]);
  });

  it('tell one that does not know all what they have, and not that it is everything', async () => {
    const { world, vending } = await apart();
    world.store.fail();
    const peers = new ScriptedPeers();
    peers.connect(vending);
    const started = vendingIn(world, peers);
    await look(started);
    expect([served(started), started.sync.hasCompleteCopy]).toEqual([served(vending), false]);
  });

  it('tell a process that is cut off from the store of a replaced token', async () => {
    const { world, refreshing, vending } = await apart();
    const leaked = served(vending);
    const tokenSha256 = vending.tokens.get(NAME)?.cached?.token.sha256 ?? '';
    await refreshing.revocation.revoke({ name: NAME, tokenSha256, caller: 'security' });
    world.store.fail();
    await look(vending);
    expect(served(vending)).not.toBe(leaked);
    expect(served(vending)).toBe(refreshing.served(NAME));
  });

  it('tell of a removal', async () => {
    const { world, refreshing, vending } = await apart();
    world.store.fail();
    world.source.drop(NAME);
    await refreshing.pollSource();
    // A listing that loses everything is believed once a later one agrees.
    world.clock.advance(millis(10 * SECOND));
    await refreshing.pollSource();
    await look(vending);
    expect(vending.tokens.get(NAME)).toBeUndefined();
  });

  it.each(['is down', 'hangs', 'has lost the token'])(
    'give a request the token that its process lacks while the store %s',
    async (how) => {
      const { world, refreshing, vending } = await apart();
      const name = named('aem-stage');
      await vending.sync.publishStatus(refreshing.plan.statusRecord(oauthDocument(name), null, null));
      refreshing.tokens.adopt({ name, generation: 1, token: tokenOf('of the peer'), version: 'v1' });
      if (how === 'is down') world.store.fail();
      if (how === 'hangs') world.store.delay('read', new Promise(() => undefined));
      if (how !== 'has lost the token') await vending.sync.poll();
      expect(served(vending, name)).toBeNull();
      await vending.missing.search(name, { outcome: 'token_unavailable' });
      expect(served(vending, name)).toBe('of the peer');
    },
  );

  it('get all of thousands of tokens, some at a time', async () => {
    const { world, refreshing } = await apart();
    const names = Array.from({ length: 2 * MAX_KNOWN + 7 }, (_, index) => named(`aem-${index}`));
    for (const name of names) {
      refreshing.tokens.adopt({ name, generation: 3, token: tokenOf(`of ${name}`), version: 'v1' });
    }
    world.store.fail();
    const peers = new ScriptedPeers();
    peers.connect(refreshing);
    const started = vendingIn(world, peers);
    await look(started);
    expect(names.filter((name) => served(started, name) !== `of ${name}`)).toEqual([]);
    expect(started.sync.hasCompleteCopy).toBe(true);
    for (const { known } of peers.requests) expect(known.length).toBeLessThanOrEqual(MAX_KNOWN);
    const before = peers.requests.length;
    world.clock.advance(millis(2 * SECOND));
    await look(started);
    expect(peers.requests.length - before).toBe(3);
  });

  it('keep a token of the same version that ends later, under a generation above both', async () => {
    const { world, refreshing, vending } = await apart();
    world.store.fail();
    const own = tokenOf('own', 2 * DAY);
    vending.tokens.adopt({ name: NAME, generation: 2, token: own, version: 'v1' });
    refreshing.tokens.adopt({ name: NAME, generation: 9, token: tokenOf('theirs'), version: 'v1' });
    await look(vending);
    expect([served(vending), vending.tokens.generationOf(NAME)]).toEqual(['own', 10]);
    await refreshing.sync.poll();
    await refreshing.peerSync.tick();
    expect(refreshing.served(NAME)).toBe('own');
  });

  it('go on alone while they cannot reach each other', async () => {
    const { world, refreshing, toVending } = await apart();
    world.store.fail();
    toVending.isCutOff = true;
    world.ims.next(NAME, failing('ims_unavailable'));
    world.clock.advance(millis(0.6 * DAY));
    await refreshing.tick();
    world.clock.advance(millis(HOUR));
    await refreshing.tick();
    expect(world.ims.exchanges()).toBe(3);
  });
});
