import 'reflect-metadata';

import { randomBytes, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';

import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';

import { nameOf, recordOf } from '../contracts/store-fixtures.ts';
import { RedisServer } from '../support/redis-server.ts';

const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
const open = (url: string, ca?: string) =>
  new RedisTokenStore({ address: parseRedisUrl(url), keyPrefix: 't', sealingKeys, ca });

describe('RedisTokenStore over TLS', () => {
  let redis: RedisServer;
  let certificate: string;
  let front: Server;
  const urlFor = (host: string) => `rediss://${host}:${(front.address() as AddressInfo).port}`;

  beforeAll(async () => {
    redis = await RedisServer.start();
    const { cert, key } = await makeCertificate('localhost');
    certificate = cert;
    front = createServer({ cert, key }, (near) => {
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

  it('works with a certificate that it was told to trust', async () => {
    const store = open(urlFor('localhost'), certificate);
    const record = recordOf(nameOf('aem-dev'), 1);
    await store.publish(record);
    expect(await store.read(record.name)).toEqual({ status: 'found', record });
    await store.close();
  });

  it('refuses a certificate that it does not know, or that is for another host', async () => {
    const [unknown, misnamed] = [open(urlFor('localhost')), open(urlFor('127.0.0.1'), certificate)];
    await expect(unknown.list()).rejects.toThrow(/not trusted: set REDIS_CA_FILE/);
    await expect(misnamed.list()).rejects.toThrow(/not trusted/);
    await Promise.all([unknown.close(), misnamed.close()]);
  });

  it('says so when the other side does not speak TLS, or a certificate is given for plain Redis', async () => {
    const store = open(redis.url.replace('redis:', 'rediss:'), certificate);
    await expect(store.list()).rejects.toThrow(/speaks no TLS/);
    await store.close();
    expect(() => open(redis.url, certificate)).toThrow(/only with rediss/);
  });
});

async function makeCertificate(host: string): Promise<{ cert: string; key: string }> {
  x509.cryptoProvider.set(webcrypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${host}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
}
