import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { built } from '../support/process.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SecretsManager } from '../support/secrets-manager/secrets-manager.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { makeWorkplace } from '../support/token-service.ts';
import { documentedCommand, readCompose, service, type Compose } from './support/compose.ts';

let compose: Compose;
let folder: string;
let redis: RedisServer;
let secrets: SecretsManager;
let workplace: Awaited<ReturnType<typeof makeWorkplace>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compose-'));
  await Promise.all(['callers', 'sample'].map((volume) => mkdir(join(folder, volume))));
  [compose, redis, secrets, workplace] = await Promise.all([
    readCompose(),
    RedisServer.start(),
    SecretsManager.start(),
    makeWorkplace(),
  ]);
});

afterAll(async () => {
  await Promise.all([redis.stop(), secrets.close(), workplace.close()]);
  await rm(folder, { recursive: true });
});

/** The environment of a compose service, with the addresses and folders of this machine. */
function environmentOf(name: string): Record<string, string> {
  const { environment = {} } = service(compose, name);
  const here = Object.entries(environment).map(([key, value]) => [
    key,
    value
      .replace('redis://redis:6379', redis.url)
      .replace('http://ims-sandbox:3001', workplace.imsOrigin)
      .replace(/^\/(callers|sample)/, join(folder, '$1')),
  ]);
  const aws = Object.keys(environment).some((key) => key.startsWith('AWS_')) ? secrets.env : {};
  return { ...Object.fromEntries(here), ...aws, METRICS_PORT: '0' };
}

async function seed(): Promise<unknown> {
  const [, ...args] = service(compose, 'seed').command ?? [];
  const child = spawn(process.execPath, args, { env: environmentOf('seed'), stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as unknown[];
  return code;
}

it('vends a token by the documented command once its services run, and its seed may run again', async () => {
  expect([await seed(), await seed()]).toEqual([0, 0]);
  expect(secrets.calls('PutSecretValue')).toBe(0);
  const refreshing = await ServiceProcess.start(environmentOf('refresh'));
  await eventually(
    () => fetch(`${refreshing.origin}/readyz`),
    ({ status }) => status === 200,
  );
  const vending = await Promise.all(
    ['vend-1', 'vend-2'].map((name) => ServiceProcess.start(environmentOf(name))),
  );
  const { args } = await documentedCommand();
  for (const { origin } of vending) {
    await eventually(
      () => fetch(`${origin}/readyz`),
      ({ status }) => status === 200,
    );
    const here = args.map((word) =>
      word.replace('http://127.0.0.1:3000', origin).replace(/^\/callers/, join(folder, 'callers')),
    );
    const { stdout: token } = await promisify(execFile)(process.execPath, [built('cli'), ...here.slice(1)]);
    const aem = await fetch(`${workplace.imsOrigin}/aem/`, {
      headers: { authorization: `Bearer ${token.trim()}` },
    });
    expect(aem.status).toBe(200);
  }
  await Promise.all([refreshing, ...vending].map((process) => process.stop()));
});
