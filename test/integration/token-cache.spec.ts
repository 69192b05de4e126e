import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';

/** Some of these tests start half a dozen processes. */
const TIMEOUT_MS = 300_000;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let redis: RedisServer;
let folder: string;
let running: ServiceProcess[];

beforeEach(async () => {
  [workplace, redis] = await Promise.all([makeWorkplace(), RedisServer.start()]);
  folder = await mkdtemp(join(tmpdir(), 'token-cache-'));
  running = [];
  await workplace.addCredential('aem-dev');
});

afterEach(async () => {
  await Promise.all(running.map((service) => service.kill()));
  await Promise.all([workplace.close(), redis.stop(), rm(folder, { recursive: true, force: true })]);
});

async function start(role: string, env: Record<string, string> = {}): Promise<ServiceProcess> {
  const service = await ServiceProcess.start({
    SERVICE_ROLE: role,
    REDIS_URL: redis.url,
    TOKEN_ENCRYPTION_KEYS: SEALING_KEY,
    TOKEN_CACHE_DIR: folder,
    CALLERS_FILE: workplace.callersFile,
    CREDENTIAL_SOURCE: 'files',
    CREDENTIAL_DIR: workplace.credentialFolder,
    IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
    ...env,
  });
  running.push(service);
  return service;
}

const get = (service: ServiceProcess, path: string): Promise<Response> =>
  fetch(service.origin + path, { headers: { authorization: `Bearer ${DEMO_KEY}` } });
const status = async (service: ServiceProcess, path: string): Promise<number> =>
  (await get(service, path)).status;
const becomes = (service: ServiceProcess, path: string, expected: number): Promise<number> =>
  eventually(
    () => status(service, path),
    (found) => found === expected,
  );
const tokenOf = async (service: ServiceProcess): Promise<string> =>
  ((await (await get(service, '/v1/tokens/aem-dev')).json()) as { access_token: string }).access_token;
const isKept = (): Promise<readonly string[]> =>
  eventually(
    () => readdir(folder),
    (files) => files.includes('aem-dev.token') && files.includes('manifest'),
  );

async function exchanges(): Promise<number> {
  const answer = await workplace.control('GET', '/requests');
  const { byClient } = (await answer.json()) as { byClient: Record<string, { issued: number }> };
  return Object.values(byClient).reduce((sum, { issued }) => sum + issued, 0);
}

describe('TOKEN_CACHE_DIR', { timeout: TIMEOUT_MS }, () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'lets a vending process start without Redis after %s, and never says 404 meanwhile',
    async (signal) => {
      const refreshing = await start('refresh', { TOKEN_CACHE_DIR: '', CREDENTIAL_POLL_SECONDS: '1' });
      const first = await start('vend');
      await becomes(first, '/readyz', 200);
      const token = await tokenOf(first);
      await isKept();
      await redis.kill();
      await (signal === 'SIGKILL' ? first.kill() : first.stop());

      const second = await start('vend');
      await becomes(second, '/readyz', 200);
      expect(await tokenOf(second)).toBe(token);
      const unknown = await get(second, '/v1/tokens/aem-other');
      expect([unknown.status, ((await unknown.json()) as { code: string }).code]).toEqual([503, 'starting']);
      expect(second.logLines.join('\n')).toContain('"event":"cache.restored"');

      await redis.restart();
      await becomes(second, '/v1/tokens/aem-other', 404);
      expect(await tokenOf(second)).toBe(token);
      await refreshing.stop();
    },
  );

  it('serves no token that was replaced meanwhile, once Redis answers', async () => {
    const refreshing = await start('refresh', { TOKEN_CACHE_DIR: '', CREDENTIAL_POLL_SECONDS: '1' });
    const first = await start('vend');
    await becomes(first, '/readyz', 200);
    const token = await tokenOf(first);
    await isKept();
    await first.kill();
    await workplace.addCredential('aem-dev');
    const other = await start('vend', { TOKEN_CACHE_DIR: '' });
    await becomes(other, '/readyz', 200);
    const replacement = await eventually(
      () => tokenOf(other),
      (found) => found !== token,
    );
    const second = await start('vend');
    await becomes(second, '/readyz', 200);
    expect(await tokenOf(second)).toBe(replacement);
    await refreshing.stop();
  });

  it.each(['all', 'refresh'])(
    'costs no exchange in a crash loop of the role %s without Redis',
    async (role) => {
      await redis.kill();
      const sealed: string[] = [];
      for (let starts = 0; starts < 4; starts += 1) {
        const service = await start(role);
        await becomes(service, '/readyz', 200);
        await isKept();
        if (role === 'all') sealed.push(await tokenOf(service));
        await service.kill();
      }
      expect(await exchanges()).toBe(1);
      expect(new Set(sealed).size).toBe(role === 'all' ? 1 : 0);
    },
  );

  it('is restored from what a process killed at any moment has left', async () => {
    for (const name of ['aem-1', 'aem-2', 'aem-3']) await workplace.addCredential(name);
    await redis.kill();
    // Each run is killed one write later than the one before.
    for (let files = 1; files <= 4; files += 1) {
      const service = await start('all');
      await eventually(
        () => readdir(folder),
        (found) => found.filter((file) => !file.startsWith('.')).length >= files,
      );
      await service.kill();
    }
    const last = await start('all');
    for (const name of ['aem-dev', 'aem-1', 'aem-2', 'aem-3']) await becomes(last, `/v1/tokens/${name}`, 200);
    const left = (): Promise<string[]> => readdir(folder);
    await eventually(left, (files) => files.every((file) => !file.startsWith('.')));
  });

  it('announces a cache that cannot be written, and goes on', async () => {
    const service = await start('all', { METRICS_PORT: '' });
    await becomes(service, '/readyz', 200);
    await isKept();
    await rm(folder, { recursive: true });
    await workplace.addCredential('aem-new');
    service.signal('SIGHUP');
    await becomes(service, '/v1/tokens/aem-new', 200);
    await eventually(
      async () => (await get(service, '/metrics')).text(),
      (text) => text.includes('\nims_token_cache_up 0\n'),
    );
    expect(service.logLines.join('\n')).toContain('"event":"cache.down"');
    expect(await status(service, '/v1/tokens/aem-dev')).toBe(200);
  });
});
