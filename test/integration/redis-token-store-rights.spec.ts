import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { Redis } from 'ioredis';
import { expect, describe, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { millis } from '#libs/tokens';

import { nameOf, EVENTUALLY, recordOf, statusRecordOf } from '../support/store-fixtures.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { RedisServer } from '../support/redis-server.ts';

const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
const name = nameOf('aem-dev');

/** The ACL lines of docs/redis.md: one for every Redis, one more for a Cluster. */
async function documentedLines(): Promise<string[][]> {
  const page = await readFile(new URL('../../docs/redis.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^ACL SETUSER (.*)$/gm)].map(([, words = '']) => words.split(' '));
}

/** Calls every operation of the store as the documented user. */
async function useEverything(url: string): Promise<void> {
  const address = parseRedisUrl(url.replaceAll('redis://', 'redis://ims-token:PASSWORD@'));
  const store = new RedisTokenStore({ address, keyPrefix: 'ims-token', sealingKeys });
  const heard: string[] = [];
  store.watch((hinted) => heard.push(hinted));
  let generation = 0;
  await vi.waitFor(async () => {
    await store.publish(recordOf(name, ++generation));
    expect(heard).toContain(name);
  }, EVENTUALLY);
  await store.writeStatus(statusRecordOf(name), 9);
  expect(await store.read(name)).toMatchObject({ status: 'found' });
  expect(await store.list()).toHaveLength(1);
  expect(await store.markOnce(name, 'mark')).toBe(true);
  const limits = { perCaller: 1, perCredential: 1, window: millis(60_000) };
  expect(await store.spendExchange(name, 'report', 'caller', limits)).toMatchObject({ granted: true });
  expect(await store.readEarlier(name)).toHaveLength(0);
  await store.noteRevoked(name, 'ab'.repeat(32));
  expect(await store.isRevoked(name, 'ab'.repeat(32))).toBe(true);
  const lease = await store.acquireLease(name, millis(60_000));
  await lease?.release();
  expect(await store.acquireLease(name, millis(60_000))).not.toBeNull();
  expect(await store.remove(name, generation + 1)).toMatchObject({ status: 'published' });
  await store.close();
}

/** Lists a catalog that is too large to be read at once. */
async function listLargeCatalog(server: RedisServer): Promise<void> {
  const planted = Array.from({ length: 31_000 }, (_, index) => [`g:planted-${index}`, '1']).flat();
  await asAdmin(server, (admin) => admin.hset('ims-token:credentials', ...planted));
  const address = parseRedisUrl(server.url.replaceAll('redis://', 'redis://ims-token:PASSWORD@'));
  const store = new RedisTokenStore({ address, keyPrefix: 'ims-token', sealingKeys });
  await store.list();
  await store.close();
}

async function asAdmin<T>({ url }: RedisServer, work: (redis: Redis) => Promise<T>): Promise<T> {
  const admin = new Redis(url);
  return work(admin).finally(() => admin.disconnect());
}
const createUser = (server: RedisServer, lines: string[][]) =>
  asAdmin(server, async (admin) => {
    for (const words of lines) await admin.call('ACL', 'SETUSER', ...words);
  });
/** The commands that the ACL of a server denied. */
const deniedOn = (server: RedisServer) =>
  asAdmin(server, async (admin) => JSON.stringify(await admin.call('ACL', 'LOG')));

describe('The Redis user of docs/redis.md', () => {
  it('has exactly the rights that the store uses', async () => {
    const server = await RedisServer.start();
    const [line = []] = await documentedLines();
    await createUser(server, [line]);
    await useEverything(server.url);
    await listLargeCatalog(server);
    expect(await deniedOn(server)).toBe('[]');
    const used = await asAdmin(server, (admin) => admin.info('commandstats'));
    const rights = line.filter((word) => word.startsWith('+')).map((word) => word.slice(1));
    expect(rights.length).toBeGreaterThan(10);
    expect(rights.filter((right) => !used.includes(`cmdstat_${right}:`))).toEqual([]);
    await server.stop();
  });

  it('has enough rights without those that earlier versions did not ask for', async () => {
    const server = await RedisServer.start();
    const [line = []] = await documentedLines();
    await createUser(server, [line.filter((word) => word !== '+hlen' && word !== '+hscan')]);
    await useEverything(server.url);
    await listLargeCatalog(server);
    expect(await deniedOn(server)).toContain('hlen');
    await server.stop();
  });

  it('has enough rights on a Cluster with the additional line', async () => {
    const cluster = await RedisCluster.start();
    const lines = await documentedLines();
    expect(lines).toHaveLength(2);
    await Promise.all(cluster.nodes.map((node) => createUser(node, lines)));
    await useEverything(cluster.url);
    for (const node of cluster.nodes) expect(await deniedOn(node)).toBe('[]');
    await cluster.stop();
  });
});
