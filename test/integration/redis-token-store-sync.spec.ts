import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import type { StoreSync, TokenEvent } from '#libs/tokens';

import { nameOf, PATIENCE, recordOf, reportOf } from '../support/store-fixtures.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { RedisServer } from '../support/redis-server.ts';
import { servingSideOver } from '../support/serving-side.ts';

const name = nameOf('aem-dev');
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);

describe('a StoreSync over a real Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  let stores: RedisTokenStore[];
  /** What one process has: a connection, its own copy, and a sync between them. */
  const newProcess = () => {
    const store = new RedisTokenStore({ address: parseRedisUrl(server.url), keyPrefix: 't', sealingKeys });
    stores.push(store);
    const events: TokenEvent['type'][] = [];
    const { tokens, sync } = servingSideOver(store, new ManualClock(), ({ type }) => events.push(type));
    return { store, tokens, sync, events };
  };
  const isBack = (sync: StoreSync) => vi.waitFor(async () => expect(await sync.poll()).toBe(true), PATIENCE);

  beforeEach(async () => {
    stores = [];
    server = await RedisServer.start();
    admin = new Redis(server.url);
    admin.on('error', () => undefined);
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    admin.disconnect();
    await server.stop();
  });

  it('puts the held token and report back after a flush, at the same generation', async () => {
    const { store, sync } = newProcess();
    await sync.publish(recordOf(name, 3));
    await sync.publishStatus(reportOf(name));
    await admin.flushall();
    expect(await store.read(name)).toEqual({ status: 'absent', generation: 0 });
    expect(await sync.poll()).toBe(true);
    expect(await store.read(name)).toEqual({ status: 'found', record: recordOf(name, 3) });
    const [listing] = await store.list();
    expect(listing).toEqual({ name, generation: 3, removed: false, status: reportOf(name) });
  });

  it('serves on while Redis is dead, and puts everything back into the empty one that follows', async () => {
    const { store, tokens, sync, events } = newProcess();
    await sync.publish(recordOf(name, 1));
    await server.kill();
    expect(await sync.poll()).toBe(false);
    await sync.publish(recordOf(name, 2));
    expect(tokens.get(name)?.cached?.record).toEqual(recordOf(name, 2));

    await server.restart();
    await isBack(sync);
    expect(await store.read(name)).toEqual({ status: 'found', record: recordOf(name, 2) });
    expect(events).toEqual(['store.up', 'store.down', 'store.up']);
    const newcomer = newProcess();
    expect(await newcomer.sync.poll()).toBe(true);
    expect(newcomer.tokens.get(name)?.cached?.record).toEqual(recordOf(name, 2));
  });

  it('carries a new token to another process by hint, without a poll', async () => {
    const [writer, reader] = [newProcess(), newProcess()];
    reader.sync.watch();
    await vi.waitFor(async () => {
      await writer.sync.publish(recordOf(name, writer.sync.nextGeneration(name)));
      expect(reader.tokens.get(name)?.cached).toBeTruthy();
    }, PATIENCE);
  });

  it('replaces a token that was tampered with by the one it holds, above it', async () => {
    const { store, sync, events } = newProcess();
    await sync.publish(recordOf(name, 1));
    await admin.hset('t:{aem-dev}:token', { generation: '5', sealed: 'garbage' });
    await admin.hset('t:catalog', 'g:aem-dev', '5');
    await sync.poll();
    expect(events).toContain('store.token-refused');
    const mended = await store.read(name);
    expect(mended).toMatchObject({ status: 'found', record: { generation: 6 } });
    expect(mended.status === 'found' && mended.record.token.reveal()).toBe(recordOf(name, 1).token.reveal());
  });

  it('takes a removal over from another process, and lets nobody bring the old token back', async () => {
    const [writer, reader] = [newProcess(), newProcess()];
    await writer.sync.publish(recordOf(name, 1));
    await reader.sync.poll();
    await writer.sync.remove(name);
    await reader.sync.poll();
    expect(reader.tokens.get(name)).toBeUndefined();
    await reader.store.publish(recordOf(name, 1));
    expect(await writer.store.read(name)).toEqual({ status: 'absent', generation: 2 });
  });
});
