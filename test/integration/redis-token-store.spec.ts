import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import type { CredentialName } from '#libs/tokens';

import { nameOf, EVENTUALLY, recordOf, statusRecordOf } from '../support/store-fixtures.ts';
import { RedisServer } from '../support/redis-server.ts';

const WEEK = 7 * 24 * 60 * 60 * 1000;
const DAY = WEEK / 7;
const name = nameOf('aem-dev');
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);

describe('RedisTokenStore', () => {
  let server: RedisServer;
  let admin: Redis;
  let store: RedisTokenStore;
  const listed = async (wanted: CredentialName) =>
    (await store.list()).find((entry) => entry.name === wanted);

  beforeAll(async () => {
    server = await RedisServer.start();
    admin = new Redis(server.url);
    store = new RedisTokenStore({ address: parseRedisUrl(server.url), keyPrefix: 't', sealingKeys });
  });
  beforeEach(async () => {
    await admin.flushall();
  });
  afterAll(async () => {
    await store.close();
    admin.disconnect();
    await server.stop();
  });

  it('uses one key per credential, with a Cluster hash tag, and one catalog', async () => {
    await store.publish(recordOf(name, 1));
    await store.writeStatus(statusRecordOf(name), 9);
    expect((await admin.keys('*')).toSorted()).toEqual(['t:credentials', 't:{aem-dev}:token']);
  });

  it('keeps the token hash a week past the token or removal, and the catalog forever', async () => {
    const ttl = () => admin.pttl('t:{aem-dev}:token');
    await store.publish(recordOf(name, 1));
    expect(await ttl()).toBeGreaterThan(WEEK);
    expect(await ttl()).toBeLessThanOrEqual(WEEK + DAY);
    await store.remove(name, 2);
    expect(await ttl()).toBeGreaterThan(WEEK - DAY);
    expect(await ttl()).toBeLessThanOrEqual(WEEK);
    expect(await admin.hgetall('t:{aem-dev}:token')).toEqual({
      generation: '2',
      removed: expect.any(String),
    });
    expect(await admin.pttl('t:credentials')).toBe(-1);
  });

  it('deletes credentials that were removed over a week ago, at the next removal', async () => {
    const [old, recent] = [nameOf('long-gone'), nameOf('lately-gone')];
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - WEEK - 60_000);
    await store.remove(old, 3);
    now.mockRestore();
    await store.remove(recent, 3);
    expect((await store.list()).map((entry) => entry.name).toSorted()).toEqual([recent]);
    await store.remove(name, 1);
    expect((await store.list()).map((entry) => entry.name).toSorted()).toEqual([name, recent]);
  });

  it('repairs a catalog after a crash between the two writes', async () => {
    await store.publish(recordOf(name, 4));
    await admin.hset('t:credentials', 'g:aem-dev', 3);
    expect(await store.publish(recordOf(name, 4))).toEqual({ status: 'superseded', generation: 4 });
    expect(await listed(name)).toMatchObject({ generation: 4, removed: false });
    await store.remove(name, 5);
    await admin.del('t:credentials');
    await store.publish(recordOf(name, 4));
    expect(await listed(name)).toMatchObject({ generation: 5, removed: true });
  });

  it('skips fields that this service did not write, and replaces them', async () => {
    const broken = ['{', '[]', '{"at":"noon"}', JSON.stringify(statusRecordOf(name))];
    for (const [index, text] of broken.entries()) {
      await admin.hset('t:credentials', { [`r:broken-${index}`]: text, [`g:broken-${index}`]: '7' });
    }
    await admin.hset('t:credentials', { 'g:../etc': '1', other: 'x', 'g:odd': 'x', 'g:big': '9'.repeat(20) });
    expect(await store.list()).toEqual([]);
    await store.writeStatus({ ...statusRecordOf(name), name: nameOf('broken-0') }, 9);
    expect(await listed(nameOf('broken-0'))).toMatchObject({ generation: 0, status: { kind: 'jwt' } });
    await store.publish(recordOf(nameOf('broken-1'), 2));
    expect(await listed(nameOf('broken-1'))).toMatchObject({ generation: 2, status: null });
  });

  it('deletes the catalog that earlier versions wrote, at its first complete listing', async () => {
    const fresh = new RedisTokenStore({ address: parseRedisUrl(server.url), keyPrefix: 't', sealingKeys });
    await admin.hset('t:catalog', { 'g:aem-dev': '3', 'r:aem-dev': JSON.stringify(statusRecordOf(name)) });
    expect(await fresh.list()).toEqual([]);
    expect(await fresh.hasListing()).toBe(false);
    await fresh.noteListing();
    expect(await admin.exists('t:catalog')).toBe(0);
    expect(await fresh.hasListing()).toBe(true);
    await fresh.close();
  });

  it('accepts a publication after a planted huge generation', async () => {
    await admin.hset('t:{aem-dev}:token', 'generation', '1e308');
    expect(await store.publish(recordOf(name, 1))).toMatchObject({ status: 'published' });
    await admin.hset('t:{aem-dev}:token', 'generation', '9'.repeat(20));
    expect(await store.publish(recordOf(name, 2))).toMatchObject({ status: 'published' });
  });

  it('sends two commands to publish or remove, and one for other operations', async () => {
    await store.list();
    const record = recordOf(name, 1);
    const sent = async (work: () => Promise<unknown>) => {
      await admin.config('RESETSTAT');
      await work();
      const stats = await admin.info('commandstats');
      // Commands inside scripts count too. Each write of a token uses one HMGET.
      const count = (command: string) =>
        Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
      const scripts = count('eval') + count('evalsha');
      return { scripts, hmget: count('hmget'), hgetall: count('hgetall'), eval: count('eval') };
    };
    const once = { eval: 0, hgetall: 0, hmget: 0, scripts: 0 };
    await store.publish(record);
    await store.writeStatus(statusRecordOf(name), 9);
    const publishing = { ...once, scripts: 2, hmget: 1 };
    expect(await sent(() => store.publish(recordOf(name, 2)))).toEqual(publishing);
    // What refuses a publication is read, to see whether it is authentic.
    expect(await sent(() => store.publish(record))).toEqual({ ...once, scripts: 3, hmget: 2 });
    expect(await sent(() => store.remove(name, 3))).toEqual(publishing);
    expect(await sent(() => store.writeStatus(statusRecordOf(name), 9))).toEqual({ ...once, scripts: 1 });
    expect(await sent(() => store.read(name))).toEqual({ ...once, scripts: 1, hmget: 1 });
    expect(await sent(() => store.list())).toEqual({ ...once, scripts: 1, hgetall: 1 });
  });

  it('works after SCRIPT FLUSH', async () => {
    await store.publish(recordOf(name, 1));
    await admin.script('FLUSH');
    expect(await store.publish(recordOf(name, 2))).toEqual({ status: 'published', generation: 2 });
    await admin.script('FLUSH');
    await store.writeStatus(statusRecordOf(name), 9);
    expect(await store.read(name)).toMatchObject({ status: 'found' });
  });

  it('hints at generations that a process of its own prefix has published', async () => {
    const heard = new Set<string>();
    const stop = store.watch((hinted, generation) => heard.add(`${hinted} ${generation}`));
    let generation = 0;
    await vi.waitFor(async () => {
      await store.publish(recordOf(name, ++generation));
      expect(heard).toContain(`${name} ${generation}`);
    }, EVENTUALLY);
    const before = heard.size;
    const listener = new Redis(server.url);
    const real: string[] = [];
    listener.on('message', (_channel, message) => real.push(message));
    await listener.subscribe('t:changes');
    await store.publish(recordOf(name, ++generation));
    await vi.waitFor(() => expect(real).toHaveLength(2), EVENTUALLY);
    const signed = real.find((message) => message.includes(' ')) ?? '';
    const forged = ['', '../x', 'a b', 'aem-dev', 'aem-dev 9', 'x'.repeat(100_000)];
    for (const text of [...forged, signed.replace('aem-dev', 'aem-stage'), signed.replace(/\d+$/, '99')]) {
      await admin.publish('t:changes', text);
    }
    await admin.publish('u:changes', signed.replace(/\d+$/, '77'));
    await store.publish(recordOf(name, ++generation));
    await vi.waitFor(() => expect(heard).toContain(`${name} ${generation}`), EVENTUALLY);
    expect(heard.size).toBe(before + 2);
    listener.disconnect();
    stop();
  });
});
