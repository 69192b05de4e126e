import { describe, expect, it } from 'vitest';

import { ScriptedCredentialSource } from '../../../../test/fakes/scripted-credential-source.ts';
import { brokenDocument, named, oauthDocument, SECOND } from '../../../../test/support/tokens/documents.ts';
import { NAME, served } from '../../../../test/support/tokens/served.ts';
import { World } from '../../../../test/support/tokens/world.ts';

describe('a removed credential after a store outage', () => {
  it('is removed from the store once it answers again, and does not return to this process', async () => {
    const { world, service } = await served();
    world.store.fail();
    await service.sync.poll();
    await world.remove(NAME, service);
    expect(service.tokens.get(NAME)).toBeUndefined();
    world.store.recover();
    await service.sync.poll();
    await service.sync.poll();
    expect(service.tokens.get(NAME)).toBeUndefined();
    expect(await world.store.list()).toMatchObject([{ removed: true }]);
  });

  it('is removed again after a process that missed the removal wrote it into a flushed store', async () => {
    const { world, service } = await served();
    const vending = world.process(new ScriptedCredentialSource());
    await vending.sync.poll();
    await world.remove(NAME, service);
    world.store.flush();
    await vending.sync.poll();
    expect(await world.store.list()).toMatchObject([{ removed: false, generation: 1 }]);
    await service.sync.poll();
    await vending.sync.poll();
    expect(vending.tokens.get(NAME)).toBeUndefined();
    expect(await world.store.list()).toMatchObject([{ removed: true }]);
  });

  it('is exchanged above the old generation when it is created again', async () => {
    const { world, service } = await served();
    await world.remove(NAME, service);
    world.source.put(oauthDocument(NAME, 'v2'));
    await service.pollSource();
    await service.sync.poll();
    expect(service.state(NAME)).toBe('healthy');
    expect(service.tokens.get(NAME)?.generation).toBe(3);
    expect(world.ims.exchanges()).toBe(2);
  });

  it('stays in status when it is created again as an unusable document, store outage or not', async () => {
    const { world, service } = await served();
    await world.remove(NAME, service);
    world.store.fail();
    await service.sync.poll();
    world.source.put(brokenDocument(NAME));
    await service.pollSource();
    world.store.recover();
    await service.sync.poll();
    await service.sync.poll();
    expect(service.state(NAME)).toBe('unhealthy');
    const other = world.process();
    await other.sync.poll();
    expect(other.state(NAME)).toBe('unhealthy');
  });

  it('stays in service if only a failed poll missed it', async () => {
    const { world, service } = await served();
    world.source.drop(NAME);
    world.source.fail();
    await service.pollSource();
    expect(service.state(NAME)).toBe('healthy');
  });

  it('removed by two processes gets a generation above both when it is created again', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    const service = world.process();
    await service.start();
    world.store.fail();
    await service.sync.poll();
    await service.sync.remove(named('aem-dev'));
    world.store.recover();
    await world.store.remove(named('aem-dev'), 5);
    await service.sync.poll();
    expect(service.sync.nextGeneration(named('aem-dev'))).toBe(6);
  });
});

describe('a credential that only the store knows', () => {
  it('stays for one poll, since this source may lag behind, and is removed at the second', async () => {
    const { world } = await served();
    const lagging = new ScriptedCredentialSource();
    const other = world.process(lagging);
    await other.start();
    expect(other.state(NAME)).toBe('healthy');
    await other.pollSource();
    expect(other.tokens.get(NAME)).toBeUndefined();
  });

  it('stays if the second poll finds it', async () => {
    const { world } = await served();
    const lagging = new ScriptedCredentialSource();
    const other = world.process(lagging);
    await other.start();
    lagging.put(oauthDocument(NAME));
    await other.pollSource();
    await other.pollSource();
    await world.pass(SECOND, SECOND, [other]);
    expect(other.state(NAME)).toBe('healthy');
    expect(world.ims.exchanges()).toBe(1);
  });
});
