import { rm, writeFile } from 'node:fs/promises';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import {
  parseRedisUrl,
  RedisFiles,
  RedisRefresherClient,
  RedisTokenStore,
  SealingKeys,
  type RedisFileChange,
} from '#libs/token-stores';
import { millis } from '#libs/tokens';
import { Redis } from 'ioredis';

import { makeAuthority } from '../support/certificate-authority.ts';
import { eventually } from '../support/eventually.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { RedisSentinels } from '../support/redis-sentinel.ts';
import { RedisServer } from '../support/redis-server.ts';
import { makeRedisTls, type RedisTls } from '../support/redis-tls.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';
import { EVENTUALLY, nameOf, recordOf } from '../support/store-fixtures.ts';

const sealingKeys = SealingKeys.parse(SEALING_KEY);
const name = nameOf('aem-dev');

/** Closes what a test opened. */
const opened: { close(): Promise<void> }[] = [];
const track = <T extends { close(): Promise<void> }>(one: T): T => {
  opened.push(one);
  return one;
};
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

const options = (url: string, files: RedisFiles) => ({
  address: parseRedisUrl(url),
  keyPrefix: 't',
  sealingKeys,
  files,
});
const open = (url: string, files: RedisFiles) => track(new RedisTokenStore(options(url, files)));

/** A certificate of the right authority, but expired. */
const expired = (tls: RedisTls) => tls.authority.issue({ toDay: -1 });
/** A certificate of an authority that Redis does not know. */
const foreign = async () => (await makeAuthority('CN=foreign')).issue();

const TOPOLOGIES: [string, (tls: RedisTls) => Promise<{ readonly url: string; stop(): Promise<void> }>][] = [
  ['one Redis', (tls) => RedisServer.start({ tls })],
  ['Sentinels', (tls) => RedisSentinels.start({ tls })],
  ['a Cluster', (tls) => RedisCluster.start({ tls })],
];

describe.each(TOPOLOGIES)('%s that wants a client certificate', (_, start) => {
  let tls: RedisTls;
  let redis: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    tls = await makeRedisTls();
    redis = await start(tls);
  });
  afterAll(async () => {
    await redis.stop();
    await tls.remove();
  });

  it('serves tokens, hints and requests to a client that has one', async () => {
    const [store, other] = [
      open(redis.url, new RedisFiles(tls.files)),
      open(redis.url, new RedisFiles(tls.files)),
    ];
    const hints: string[] = [];
    other.watch((hinted) => hints.push(hinted));
    let generation = 0;
    await vi.waitFor(async () => {
      await store.publish(recordOf(name, ++generation));
      expect(hints).toContain(name);
    }, EVENTUALLY);
    expect(await other.read(name)).toMatchObject({ status: 'found' });
    const connect = () => track(new RedisRefresherClient(options(redis.url, new RedisFiles(tls.files))));
    const [client, refresher] = [connect(), connect()];
    refresher.handleWith(async () => ({ type: 'done' }));
    const answer = await eventually(
      () => client.send({ type: 'look-now' }, millis(500)),
      (response) => response !== null,
    );
    expect(answer).toEqual({ type: 'done' });
  });

  it('is named as the reason where there is none', async () => {
    const store = open(redis.url, new RedisFiles({ ca: tls.files.ca }));
    await vi.waitFor(
      () =>
        expect(store.list()).rejects.toThrow(
          /wants a client certificate: set REDIS_CERT_FILE and REDIS_KEY_FILE/,
        ),
      EVENTUALLY,
    );
  });

  it.each([
    ['expired', expired, /refused the client certificate, which has expired/],
    ['of a foreign authority', foreign, /refused the client certificate of REDIS_CERT_FILE/],
  ])('refuses one that is %s until the files are replaced', async (_what, issue, reason) => {
    await tls.replaceClient(await issue(tls));
    const store = open(redis.url, new RedisFiles(tls.files));
    await vi.waitFor(() => expect(store.list()).rejects.toThrow(reason), EVENTUALLY);
    await tls.replaceClient(await tls.authority.issue());
    await vi.waitFor(() => store.list(), EVENTUALLY);
  });

  it('is named as TLS only to a client without TLS', async () => {
    const plain = redis.url.replaceAll('rediss', 'redis');
    const store = open(plain, new RedisFiles({}));
    await vi.waitFor(() => expect(store.list()).rejects.toThrow(/speaks TLS only/), EVENTUALLY);
  });
});

describe('The files of a client certificate', () => {
  let tls: RedisTls;
  let redis: RedisServer;
  beforeEach(async () => {
    tls = await makeRedisTls();
    redis = await RedisServer.start({ tls });
  });
  afterEach(async () => {
    await redis.stop();
    await tls.remove();
  });

  async function cutConnections(): Promise<void> {
    const admin = new Redis(redis.url, { tls: tls.client });
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    admin.disconnect();
  }

  it.each([
    ['is deleted', () => rm(tls.files.cert), /REDIS_CERT_FILE: .*client\.crt can't be read \(ENOENT\)/],
    ['is empty', () => writeFile(tls.files.key, ''), /REDIS_KEY_FILE: .* no private key: it is empty/],
    [
      'is cut off',
      () => writeFile(tls.files.ca, '-----BEGIN CERTIFICATE-----\nMII'),
      /REDIS_CA_FILE: .*cut off/,
    ],
    [
      'does not fit the other',
      async () => writeFile(tls.files.key, (await tls.authority.issue()).key),
      /REDIS_KEY_FILE: .* another key than the first certificate/,
    ],
  ])('keep their last good version if one of them %s, and report that once', async (_, spoil, problem) => {
    const changes: RedisFileChange[] = [];
    const files = new RedisFiles(tls.files);
    files.onChange((change) => changes.push(change));
    const store = open(redis.url, files);
    await store.list();
    await spoil();
    for (let round = 0; round < 3; round++) {
      await cutConnections();
      await vi.waitFor(() => store.list(), EVENTUALLY);
    }
    expect(changes).toEqual([{ files: 'tls', problem: expect.stringMatching(problem) as string }]);
    const { cert, key } = await tls.authority.issue();
    await writeFile(tls.files.ca, tls.authority.cert);
    await tls.replaceClient({ cert, key });
    await cutConnections();
    await vi.waitFor(() => store.list(), EVENTUALLY);
    expect(changes.slice(1)).toEqual([{ files: 'tls', problem: null }]);
  });
});
