import 'reflect-metadata';

import { randomBytes, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';

import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';

import { nameOf, EVENTUALLY, recordOf } from '../support/store-fixtures.ts';
import { RedisServer } from '../support/redis-server.ts';

const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
const open = (url: string, ca?: string) =>
  new RedisTokenStore({ address: parseRedisUrl(url), keyPrefix: 't', sealingKeys, ca });

describe('RedisTokenStore over TLS', () => {
  let redis: RedisServer;
  let authority: Awaited<ReturnType<typeof makeAuthority>>;
  let front: Server;
  const connections = new Set<Socket>();
  const urlFor = (host: string) => `rediss://${host}:${(front.address() as AddressInfo).port}`;

  beforeAll(async () => {
    redis = await RedisServer.start();
    authority = await makeAuthority();
    front = createServer(await authority.issue(), (near) => {
      connections.add(near.once('close', () => connections.delete(near)));
      const far = connect(redis.port, '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    });
    await once(front.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    front.close();
    await redis.stop();
  });

  it('works with a certificate of the configured authority', async () => {
    const store = open(urlFor('localhost'), authority.cert);
    const record = recordOf(nameOf('aem-dev'), 1);
    await store.publish(record);
    expect(await store.read(record.name)).toEqual({ status: 'found', record });
    await store.close();
  });

  it('refuses a certificate of an unknown authority or for another host', async () => {
    const [unknown, misnamed] = [open(urlFor('localhost')), open(urlFor('127.0.0.1'), authority.cert)];
    await expect(unknown.list()).rejects.toThrow(/not trusted: set REDIS_CA_FILE/);
    await expect(misnamed.list()).rejects.toThrow(/not trusted/);
    await Promise.all([unknown.close(), misnamed.close()]);
  });

  it('accepts a new certificate of the same authority, and refuses one of another', async () => {
    const store = open(urlFor('localhost'), authority.cert);
    const works = () => vi.waitFor(() => store.list(), EVENTUALLY);
    /** Replaces the certificate and closes all connections, as a restart does. */
    const replace = (pair: Pair) => {
      front.setSecureContext(pair);
      for (const connection of connections) connection.destroy();
    };
    await works();
    replace(await authority.issue());
    await works();
    replace(await (await makeAuthority()).issue());
    await vi.waitFor(() => expect(store.list()).rejects.toThrow(/not trusted/), EVENTUALLY);
    replace(await authority.issue());
    await works();
    await store.close();
  });

  it('reports a server without TLS, and a certificate for plain Redis', async () => {
    const store = open(redis.url.replace('redis:', 'rediss:'), authority.cert);
    await expect(store.list()).rejects.toThrow(/speaks no TLS/);
    await store.close();
    expect(() => open(redis.url, authority.cert)).toThrow(/only with rediss/);
  });
});

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority that issues certificates for localhost. */
async function makeAuthority(): Promise<{ readonly cert: string; readonly issue: () => Promise<Pair> }> {
  x509.cryptoProvider.set(webcrypto);
  const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const own = await newKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=authority',
    keys: own,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true)],
  });
  const issue = async () => {
    const { publicKey, privateKey } = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: 'CN=localhost',
      issuer: authority.subject,
      publicKey,
      signingKey: own.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
    });
    const key = await webcrypto.subtle.exportKey('pkcs8', privateKey);
    return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
  };
  return { cert: authority.toString('pem'), issue };
}
