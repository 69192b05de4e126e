import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import {
  connect,
  createServer as createPlainServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TlsOptions } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisFiles, RedisTokenStore, SealingKeys } from '#libs/token-stores';

import { makeAuthority, type Authority, type Pair } from '../support/certificate-authority.ts';
import { RedisServer } from '../support/redis-server.ts';
import { tlsPair } from '../ims-sandbox/support/tls-pair.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';
import { nameOf, EVENTUALLY, recordOf } from '../support/store-fixtures.ts';

const sealingKeys = SealingKeys.parse(SEALING_KEY);
const stores: RedisTokenStore[] = [];
const open = (url: string, files: RedisFiles) => {
  const store = new RedisTokenStore({ address: parseRedisUrl(url), keyPrefix: 't', sealingKeys, files });
  stores.push(store);
  return store;
};
const trusting = (ca: string) => new RedisFiles({ ca });

let folder: string;
let redis: RedisServer;
let authority: Authority;
let ca: string;
const fronts: Server[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redis-tls-'));
  redis = await RedisServer.start();
  authority = await makeAuthority();
  ca = join(folder, 'ca.crt');
  await writeFile(ca, authority.cert);
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  for (const front of fronts) front.close();
  await redis.stop();
  await rm(folder, { recursive: true });
});

/** Redis behind a server with these options of TLS. */
async function makeFront(options: TlsOptions) {
  const connections = new Set<Socket>();
  const front = createServer(options, (near) => {
    connections.add(near.once('close', () => connections.delete(near)));
    const far = connect(redis.port, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
  });
  front.on('tlsClientError', () => undefined);
  fronts.push(front);
  await once(front.listen(0, '127.0.0.1'), 'listening');
  const { port } = front.address() as AddressInfo;
  /** Replaces the certificate and closes all connections, as a restart does. */
  const replace = (pair: Pair) => {
    front.setSecureContext(pair);
    for (const connection of connections) connection.destroy();
  };
  return { port, urlFor: (host: string) => `rediss://${host}:${port}`, replace };
}

describe('RedisTokenStore over TLS', () => {
  it('works with a certificate of the configured authority', async () => {
    const front = await makeFront(await authority.issue());
    const store = open(front.urlFor('localhost'), trusting(ca));
    const record = recordOf(nameOf('aem-dev'), 1);
    await store.publish(record);
    expect(await store.read(record.name)).toEqual({ status: 'found', record });
  });

  it('accepts a new certificate of the same authority, and refuses one of another', async () => {
    const front = await makeFront(await authority.issue());
    const store = open(front.urlFor('localhost'), trusting(ca));
    const works = () => vi.waitFor(() => store.list(), EVENTUALLY);
    await works();
    front.replace(await authority.issue());
    await works();
    front.replace(await (await makeAuthority()).issue());
    await vi.waitFor(() => expect(store.list()).rejects.toThrow(/not trusted/), EVENTUALLY);
    front.replace(await authority.issue());
    await works();
  });

  it('trusts a new authority once REDIS_CA_FILE has it, without a restart', async () => {
    const own = join(folder, 'own-ca.crt');
    await writeFile(own, authority.cert);
    const front = await makeFront(await authority.issue());
    const store = open(front.urlFor('localhost'), trusting(own));
    await vi.waitFor(() => store.list(), EVENTUALLY);
    const next = await makeAuthority('CN=next');
    front.replace(await next.issue());
    await vi.waitFor(() => expect(store.list()).rejects.toThrow(/not trusted/), EVENTUALLY);
    await writeFile(own, `${authority.cert}\n${next.cert}\n`);
    await vi.waitFor(() => store.list(), EVENTUALLY);
  });
});

describe('RedisTokenStore tells failures of TLS apart', () => {
  const selfSigned = () => tlsPair();
  const foreign = async (name?: string) => (await makeAuthority(name)).issue();
  const cases: [string, () => Promise<TlsOptions>, string, RegExp][] = [
    ['an unknown authority', () => foreign('CN=other'), 'localhost', /not trusted: set REDIS_CA_FILE/],
    [
      'an authority with the same name and another key',
      () => foreign(),
      'localhost',
      /not trusted: set REDIS_CA_FILE/,
    ],
    ['a self-signed certificate', selfSigned, 'localhost', /not trusted: set REDIS_CA_FILE/],
    [
      'another host name',
      () => authority.issue({ hosts: ['cache.example', '*.cache.example'] }),
      'localhost',
      /is not for localhost, only for DNS:cache\.example, DNS:\*\.cache\.example/,
    ],
    [
      'an address that the certificate does not have',
      () => authority.issue({ addresses: ['10.1.2.3'] }),
      '127.0.0.1',
      /is not for 127\.0\.0\.1, only for 10\.1\.2\.3/,
    ],
    [
      'an address, for a name only',
      () => authority.issue(),
      '127.0.0.1',
      /is not for 127\.0\.0\.1: let REDIS_URL/,
    ],
    [
      'an expired certificate',
      () => authority.issue({ toDay: -1 }),
      'localhost',
      /has expired.*renew it at Redis/,
    ],
    [
      'a future certificate',
      () => authority.issue({ fromDay: 1 }),
      'localhost',
      /not valid yet: check the clocks/,
    ],
    [
      'a certificate of a client',
      () => authority.issue({ usage: 'client' }),
      'localhost',
      /is not for servers/,
    ],
    [
      'a server of an old version of TLS',
      async () => ({
        ...(await authority.issue()),
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
      'localhost',
      /no version of TLS with this process/,
    ],
  ];
  it.each(cases)('from %s', async (_, options, host, reason) => {
    const front = await makeFront(await options());
    const store = open(front.urlFor(host), trusting(ca));
    await vi.waitFor(() => expect(store.list()).rejects.toThrow(reason), EVENTUALLY);
  });

  it('from a server without TLS', async () => {
    const store = open(redis.url.replace('redis:', 'rediss:'), trusting(ca));
    await vi.waitFor(
      () => expect(store.list()).rejects.toThrow(/speaks no TLS: use redis:\/\/ instead of rediss:\/\//),
      EVENTUALLY,
    );
  });

  it('from a server that answers nothing', async () => {
    const silent = createPlainServer();
    fronts.push(silent);
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const store = open(`rediss://localhost:${(silent.address() as AddressInfo).port}`, trusting(ca));
    await expect(store.list()).rejects.toThrow(/did not answer in time/);
  });

  it('from a plain client of a server with TLS', async () => {
    const front = await makeFront(await authority.issue());
    const store = open(`redis://127.0.0.1:${front.port}`, new RedisFiles({}));
    await vi.waitFor(
      () => expect(store.list()).rejects.toThrow(/speaks TLS only: use rediss:\/\/ instead of redis:\/\//),
      EVENTUALLY,
    );
  });
});
