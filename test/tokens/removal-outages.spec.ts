import { describe, expect, it } from 'vitest';

import { ScriptedCredentialSource } from '../fakes/scripted-credential-source.ts';
import { brokenDocument, named, oauthDocument, SECOND } from './support/documents.ts';
import { NAME, served } from './support/served.ts';
import { World } from './support/world.ts';

describe('a removed credential, with a store that was away', () => {
  it('goes out of the store once that answers again, and not back into this process', async () => {
    const { world, service } = await served();
    world.store.fail();
    await service.sync.poll();
    world.source.drop(NAME);
    await service.pollSource();
    expect(service.tokens.get(NAME)).toBeUndefined();
    world.store.recover();
    await service.sync.poll();
    await service.sync.poll();
    expect(service.tokens.get(NAME)).toBeUndefined();
    expect(await world.store.list()).toMatchObject([{ removed: true }]);
  });

  it('is removed again where a flushed store got it back from a process that missed the removal', async () => {
    const { world, service } = await served();
    const vending = world.process(new ScriptedCredentialSource());
    await vending.sync.poll();
    world.source.drop(NAME);
    await service.pollSource();
    world.store.flush();
    await vending.sync.poll();
    expect(await world.store.list()).toMatchObject([{ removed: false, generation: 1 }]);
    await service.sync.poll();
    await vending.sync.poll();
    expect(vending.tokens.get(NAME)).toBeUndefined();
    expect(await world.store.list()).toMatchObject([{ removed: true }]);
  });

  it('is exchanged for anew, above the old generation, when it is made anew', async () => {
    const { world, service } = await served();
    world.source.drop(NAME);
    await service.pollSource();
    world.source.put(oauthDocument(NAME));
    await service.pollSource();
    await service.sync.poll();
    expect(service.state(NAME)).toBe('healthy');
    expect(service.tokens.get(NAME)?.generation).toBe(3);
    expect(world.ims.exchanges()).toBe(2);
  });

  it('keeps its place in status when it is made anew as a broken document, store outage or not', async () => {
    const { world, service } = await served();
    world.source.drop(NAME);
    await service.pollSource();
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

  it('stays in service where only a look that failed missed it', async () => {
    const { world, service } = await served();
    world.source.drop(NAME);
    world.source.fail();
    await service.pollSource();
    expect(service.state(NAME)).toBe('healthy');
  });

  it('and elsewhere meanwhile as well gets a generation above both once it is made anew', async () => {
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
  it('stays for one look, since this source may merely lag behind, and goes at the second', async () => {
    const { world } = await served();
    const lagging = new ScriptedCredentialSource();
    const other = world.process(lagging);
    await other.start();
    expect(other.state(NAME)).toBe('healthy');
    await other.pollSource();
    expect(other.tokens.get(NAME)).toBeUndefined();
  });

  it('stays for good where the second look finds it', async () => {
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
