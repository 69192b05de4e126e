import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, describe, it, vi } from 'vitest';

import { parseRedisUrl, RedisRefresherClient, RedisTokenStore, SealingKeys } from '#libs/token-stores';
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

/** Operations that together run every command. */
function everyOperation(store: RedisTokenStore): Promise<unknown>[] {
  const limits = { perCaller: 1, perCredential: 1, window: millis(60_000) };
  return [
    store.publish(recordOf(name, 1)).then(() => store.publish(recordOf(name, 2))),
    store.writeStatus(statusRecordOf(name), 9),
    store.read(name),
    store.list(),
    store.hasListing(),
    store.noteListing(),
    store.markOnce(name, 'mark'),
    store.spendExchange(name, 'report', 'caller', limits),
    store.readEarlier(name),
    store.noteRevoked(name, 'ab'.repeat(32)).then(() => store.isRevoked(name, 'ab'.repeat(32))),
    store.acquireLease(name, millis(60_000)).then((lease) => lease?.release()),
    store.remove(name, 3),
  ];
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

/** Rights of the documented line, with what the reason of a failure names without each. */
const COMMANDS = 'get set hget hset hmget hgetall evalsha time pexpire hkeys hdel del'.split(' ');
const WITHHELD: [right: string, named: string][] = [
  ...COMMANDS.map((command): [string, string] => [
    `+${command}`,
    `run the command ${command.toUpperCase()}: allow it with "ACL SETUSER USER +${command}"`,
  ]),
  ['~ims-token:*', 'keys ims-token:*: allow them with "ACL SETUSER USER ~ims-token:*"'],
];

describe('A Redis user without a right', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());

  /** A store as the documented user without one right. */
  async function storeWithout(right: string, onRefusedRight: (reason: string) => void = () => undefined) {
    const [line = []] = await documentedLines();
    expect(line).toContain(right);
    await asAdmin(server, async (admin) => {
      await admin.flushall();
      await admin.call('ACL', 'DELUSER', 'ims-token');
    });
    await createUser(server, [line.filter((word) => word !== right)]);
    const address = parseRedisUrl(server.url.replace('redis://', 'redis://ims-token:PASSWORD@'));
    return new RedisTokenStore({ address, keyPrefix: 'ims-token', sealingKeys, onRefusedRight });
  }

  it.each(WITHHELD)('%s is told which one and how to allow it', async (right, named) => {
    const refusals: string[] = [];
    const store = await storeWithout(right, (reason) => refusals.push(reason));
    // An overloaded machine may also miss the deadline of an operation.
    await vi.waitFor(async () => {
      const failures = await Promise.allSettled(everyOperation(store));
      const errors = failures.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
      expect(errors.map(({ message }) => message).filter((reason) => !reason.includes(named))).toEqual([]);
      // Some operations ignore a refusal, such as the release of a lease.
      expect(refusals).toEqual([expect.stringContaining(named)]);
    }, EVENTUALLY);
    await store.close();
  });

  it.each(['&ims-token:changes', '+subscribe'])('%s works, and is told so once', async (right) => {
    const reasons: string[] = [];
    const store = await storeWithout(right, (reason) => reasons.push(reason));
    store.watch(() => undefined);
    await vi.waitFor(() => expect(reasons).toHaveLength(1), EVENTUALLY);
    expect(reasons[0]).toContain(right);
    await store.publish(recordOf(name, 1));
    expect(await store.read(name)).toMatchObject({ status: 'found' });
    await store.close();
  });

  it.each([
    ['&ims-token:questions', '&ims-token:questions'],
    ['&ims-token:answers:*', '&ims-token:answers:*'],
    ['+publish', 'command PUBLISH'],
  ])('%s is told that requests do not pass', async (right, named) => {
    await (await storeWithout(right)).close();
    const reasons: string[] = [];
    const client = new RedisRefresherClient({
      address: parseRedisUrl(server.url.replace('redis://', 'redis://ims-token:PASSWORD@')),
      keyPrefix: 'ims-token',
      sealingKeys,
      onRefusedRight: (reason) => reasons.push(reason),
    });
    await vi.waitFor(async () => {
      await client.send({ type: 'look-now' }, millis(100));
      expect(reasons.join('\n')).toContain(named);
    }, EVENTUALLY);
    expect(new Set(reasons).size).toBe(reasons.length);
    await client.close();
  });
});

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
