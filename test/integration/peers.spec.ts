import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/redis-process.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';

/** These tests start several processes each, and wait for lifetimes of tokens. */
const TIMEOUT_MS = 300_000;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let redis: RedisServer;
let ports: number[];
let running: ServiceProcess[];

beforeEach(async () => {
  [workplace, redis] = await Promise.all([makeWorkplace(), RedisServer.start()]);
  ports = [await freePort(), await freePort()];
  running = [];
  await workplace.addCredential('aem-dev');
});

afterEach(async () => {
  await Promise.all(running.map((service) => service.kill()));
  await Promise.all([workplace.close(), redis.stop()]);
});

/** A process of this role, on a port that its peers know. */
async function start(role: 'vend' | 'refresh', env: Record<string, string> = {}): Promise<ServiceProcess> {
  const service = await ServiceProcess.start({
    SERVICE_ROLE: role,
    PORT: String(ports[role === 'vend' ? 0 : 1]),
    PEERS: ports.map((port) => `127.0.0.1:${port}`).join(','),
    REDIS_URL: redis.url,
    TOKEN_ENCRYPTION_KEYS: SEALING_KEY,
    CALLERS_FILE: workplace.callersFile,
    CREDENTIAL_SOURCE: 'files',
    CREDENTIAL_DIR: workplace.credentialFolder,
    CREDENTIAL_POLL_SECONDS: '1',
    IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
    ...env,
  });
  running.push(service);
  return service;
}

const get = (service: ServiceProcess, path: string): Promise<Response> =>
  fetch(service.origin + path, { headers: { authorization: `Bearer ${DEMO_KEY}` } });
const becomes = (service: ServiceProcess, path: string, expected: number): Promise<Response> =>
  eventually(
    () => get(service, path),
    ({ status }) => status === expected,
  );
const tagOf = async (service: ServiceProcess): Promise<string | null> =>
  (await becomes(service, '/v1/tokens/aem-dev', 200)).headers.get('etag');

describe('PEERS', { timeout: TIMEOUT_MS }, () => {
  it('lets a vending process start while Redis is down, with the tokens of a refreshing one', async () => {
    await start('refresh');
    const first = await start('vend');
    const tag = await tagOf(first);
    await becomes(first, '/readyz', 200);
    await redis.kill();
    await first.kill();
    const second = await start('vend');
    expect(await tagOf(second)).toBe(tag);
    await becomes(second, '/readyz', 200);
    const unknown = await get(second, '/v1/tokens/aem-other');
    expect([unknown.status, ((await unknown.json()) as { code: string }).code]).toEqual([503, 'starting']);
    expect(await (await get(second, '/metrics')).text()).toMatch(/^ims_token_peer_adoptions_total [1-9]/m);
  });

  it.each(['writes are refused', 'Redis is down'])(
    'carries new tokens and removals to a vending process while %s',
    async (trouble) => {
      await workplace.control('PUT', '/settings', { tokenLifetimeSeconds: 12 });
      await start('refresh');
      const vending = await start('vend', { MIN_SERVE_SECONDS: '1' });
      const before = await tagOf(vending);
      // Until its first complete look at the store, a process calls no name unknown.
      await becomes(vending, '/readyz', 200);
      if (trouble === 'Redis is down') await redis.kill();
      else {
        const admin = new Redis(redis.url);
        await admin.config('SET', 'min-replicas-to-write', '1');
        await admin.quit();
      }
      let tags = new Set([before]);
      await eventually(
        async () => (tags = tags.add(await tagOf(vending))),
        ({ size }) => size >= 4,
      );
      if (trouble !== 'Redis is down') return;
      await workplace.remove('aem-dev');
      await becomes(vending, '/v1/tokens/aem-dev', 404);
    },
  );

  it.each([
    ['of a caller', { request: DEMO_KEY }],
    ['with a text that is not sealed', { request: 'a.b.c.d.e' }],
    ['with more than a request', { request: 'x', more: 1 }],
    ['without a request', {}],
  ])('answers a request %s as if there were no such route', async (_, body) => {
    await start('refresh');
    const vending = await start('vend');
    const ask = async (path: string): Promise<[number, unknown, string[]]> => {
      const answer = await fetch(vending.origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${DEMO_KEY}` },
        body: JSON.stringify(body),
      });
      return [answer.status, await answer.json(), [...answer.headers.keys()].toSorted()];
    };
    const [refused, missing] = [await ask('/internal/peers'), await ask('/internal/other')];
    expect(refused).toEqual(missing);
    expect(refused[0]).toBe(404);
  });
});
