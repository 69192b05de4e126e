import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import type { StoreSync, TokenEvent } from '#libs/tokens';

import { nameOf, EVENTUALLY, recordOf, statusRecordOf } from '../support/store-fixtures.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { RedisServer } from '../support/redis-server.ts';
import { servingSideOver } from '../support/serving-side.ts';

const name = nameOf('aem-dev');
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);

describe('a StoreSync over a real Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  let stores: RedisTokenStore[];
  /** The parts of one process: its store, its current tokens and their StoreSync. */
  const newProcess = () => {
    const store = new RedisTokenStore({ address: parseRedisUrl(server.url), keyPrefix: 't', sealingKeys });
    stores.push(store);
    const events: TokenEvent['type'][] = [];
    const { tokens, sync } = servingSideOver(store, new ManualClock(), ({ type }) => events.push(type));
    return { store, tokens, sync, events };
  };
  const isBack = (sync: StoreSync) =>
    vi.waitFor(async () => expect(await sync.poll()).toBe(true), EVENTUALLY);

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

  it('writes token and status record again after a flush, with the same generation', async () => {
    const { store, sync } = newProcess();
    await sync.publish(recordOf(name, 3));
    await sync.publishStatus(statusRecordOf(name));
    await admin.flushall();
    expect(await store.read(name)).toEqual({ status: 'absent', generation: 0 });
    expect(await sync.poll()).toBe(true);
    expect(await store.read(name)).toEqual({ status: 'found', record: recordOf(name, 3) });
    const [listing] = await store.list();
    expect(listing).toEqual({ name, generation: 3, removed: false, status: statusRecordOf(name) });
  });

  it('serves tokens while Redis is down, and writes them to the empty Redis that follows', async () => {
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

  it('passes a new token to another process by hint, without a poll', async () => {
    const [writer, reader] = [newProcess(), newProcess()];
    reader.sync.watch();
    await vi.waitFor(async () => {
      await writer.sync.publish(recordOf(name, writer.sync.nextGeneration(name)));
      expect(reader.tokens.get(name)?.cached).toBeTruthy();
    }, EVENTUALLY);
  });

  it('replaces a tampered token by its own with a higher generation', async () => {
    const { store, sync, events } = newProcess();
    await sync.publish(recordOf(name, 1));
    await admin.hset('t:{aem-dev}:token', { generation: '5', sealed: 'garbage' });
    await sync.poll();
    expect(events).toContain('store.token-refused');
    const repaired = await store.read(name);
    expect(repaired).toMatchObject({ status: 'found', record: { generation: 6 } });
    expect(repaired.status === 'found' && repaired.record.token.reveal()).toBe(
      recordOf(name, 1).token.reveal(),
    );
  });

  it('adopts a removal from another process, and refuses the old token afterwards', async () => {
    const [writer, reader] = [newProcess(), newProcess()];
    await writer.sync.publish(recordOf(name, 1));
    await reader.sync.poll();
    await writer.sync.remove(name);
    await reader.sync.poll();
    expect(reader.tokens.get(name)).toBeUndefined();
    await reader.store.publish(recordOf(name, 1));
    expect(await writer.store.read(name)).toEqual({ status: 'removed', generation: 2 });
  });
});
