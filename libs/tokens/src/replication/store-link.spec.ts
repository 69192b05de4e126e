import { StoreUnavailable, type TokenEvent } from '#libs/tokens';
import { describe, expect, it, vi } from 'vitest';

import { ScriptedCredentialSource } from '../../../../test/fakes/scripted-credential-source.ts';
import {
  HOUR,
  MINUTE,
  named,
  oauthDocument,
  SECOND,
  tokenOf,
} from '../../../../test/support/tokens/documents.ts';
import { NAME, served } from '../../../../test/support/tokens/served.ts';

const storeEvents = (events: readonly TokenEvent[]): string[] =>
  events.map(({ type }) => type).filter((type) => type === 'store.up' || type === 'store.down');

describe('a token store that is down', () => {
  it('costs no token and no renewal for hours, and gets everything when it is back', async () => {
    const { world, service } = await served();
    const reader = world.process(new ScriptedCredentialSource());
    await reader.sync.poll();
    world.store.fail();
    await world.pass(14 * HOUR, 10 * MINUTE, [service]);
    expect(world.ims.exchanges()).toBe(2);
    expect(service.state(NAME)).toBe('healthy');
    world.store.recover();
    await service.sync.poll();
    await reader.sync.poll();
    expect(reader.served(NAME)).toBe(service.served(NAME));
    expect(storeEvents(service.events)).toEqual(['store.up', 'store.down', 'store.up']);
  });

  it('is waited for by its poll alone', async () => {
    const { world, service } = await served();
    world.store.fail();
    await service.sync.poll();
    const asked = world.store.count('publish') + world.store.count('report');
    world.source.put(...Array.from({ length: 100 }, (_, index) => oauthDocument(`aem-${index}`)));
    await service.pollSource();
    expect(world.store.count('publish') + world.store.count('report')).toBe(asked);
    world.store.recover();
    await service.sync.poll();
    expect(await world.store.list()).toHaveLength(101);
  });

  it('that refuses writes still passes on what other processes wrote', async () => {
    const { world, service } = await served();
    const other = world.process();
    await other.start();
    world.source.put(oauthDocument(NAME, 'v2'), oauthDocument('aem-other'));
    await service.pollSource();
    world.store.fail(new StoreUnavailable('out of memory'), ['publish', 'report', 'remove']);
    await other.sync.publish({ name: named('unsaved'), generation: 1, token: tokenOf('t'), version: 'v1' });
    expect(await other.sync.poll()).toBe(false);
    expect(other.served(NAME)).toBe(service.served(NAME));
  });

  it.each([new TypeError('quotes s3cret'), 'a string', undefined])(
    'that fails with a defect (%s) makes no renewal, no poll and no hint reject',
    async (failure) => {
      const { world, service } = await served();
      service.sync.watch();
      world.store.fail(failure);
      world.source.put(oauthDocument(NAME, 'v2'));
      await service.pollSource();
      expect(await service.sync.poll()).toBe(false);
      expect(service.tokens.get(NAME)?.cached?.record.version).toBe('v2');
      expect(JSON.stringify(service.events)).not.toContain('s3cret');
      world.store.recover();
      expect(await service.sync.poll()).toBe(true);
    },
  );

  it('survives a hint that leads to a failing read', async () => {
    const { world } = await served();
    const reader = world.process(new ScriptedCredentialSource());
    reader.sync.watch();
    world.store.fail(new RangeError('defect'), ['read']);
    await world.store.publish({ name: NAME, generation: 2, token: tokenOf('t'), version: 'v1' });
    await vi.waitFor(() => expect(reader.heard('store.down')).toBe(1));
  });

  it('that never answers is given up on, and blocks no credential', async () => {
    vi.useFakeTimers();
    try {
      const { world, service } = await served();
      world.store.delay('publish', new Promise(() => undefined));
      world.source.put(oauthDocument(NAME, 'v2'));
      await service.refresher.syncWithSource();
      const inFlight = service.refresher.refreshDue();
      await vi.advanceTimersByTimeAsync(30 * SECOND);
      await Promise.all(inFlight);
      expect(service.refresher.refreshDue()).toEqual([]);
      expect(service.heard('store.down')).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('delays other credentials no longer than one bad entry takes', async () => {
    const { world, service } = await served();
    world.source.put(...Array.from({ length: 10 }, (_, index) => oauthDocument(`aem-${index}`)));
    await service.pollSource();
    const reader = world.process(new ScriptedCredentialSource());
    const read = world.store.read.bind(world.store);
    world.store.read = (name) => (name === NAME ? Promise.reject(new TypeError('defect')) : read(name));
    expect(await reader.sync.poll()).toBe(false);
    expect(reader.served('aem-9')).not.toBeNull();
    expect(reader.served(NAME)).toBeNull();
  });
});
