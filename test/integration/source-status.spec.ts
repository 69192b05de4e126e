import { hash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';
import { SecretsManager } from '../support/secrets-manager/secrets-manager.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

const FEW_KEY = 'key-of-few-77aa';
const digest = (key: string): string => hash('sha256', key, 'hex');
const CALLERS = `callers:
  - { name: demo, apiKeySha256: ["${digest(DEMO_KEY)}"], permissions: [status] }
  - { name: few, apiKeySha256: ["${digest(FEW_KEY)}"], tokens: ["web-*"], permissions: [status] }
`;

interface Status {
  readonly credential_source: { readonly ok: boolean; readonly detail: string } | null;
  readonly skipped: readonly { readonly stored_as: string; readonly code: string }[];
}

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function open() {
  const workplace = await makeWorkplace(CALLERS);
  cleanups.push(() => workplace.close());
  const write = (file: string) => writeFile(join(workplace.credentialFolder, file), '{}');
  const remove = (file: string) => rm(join(workplace.credentialFolder, file));
  return { workplace, write, remove };
}

const statusOf = async (service: RunningService, key = DEMO_KEY): Promise<Status> =>
  (await (await service.get('/v1/status', { authorization: `Bearer ${key}` })).json()) as Status;

const sourceOf = (service: RunningService, ok: boolean): Promise<Status> =>
  eventually(
    () => statusOf(service),
    ({ credential_source: source }) => source?.ok === ok,
  );

describe('the status of the credential source', () => {
  it('tells that a folder holds no credential, what was skipped, and when that ends', async () => {
    const { workplace, write, remove } = await open();
    for (const file of ['web-dev', 'aem-prod.JSON', 'AEM Dev.json']) await write(file);
    const service = await workplace.startService();
    await ready(service);
    const empty = await sourceOf(service, false);
    expect(empty.credential_source?.detail).toMatch(/holds 4 files, none named NAME\.json/);
    const skipped = ['AEM Dev.json', 'aem-prod.JSON', 'callers.yaml', 'web-dev'];
    expect(empty.skipped).toEqual(
      skipped.map((name) => ({ stored_as: name, code: 'credential_invalid_name' })),
    );
    const few = await statusOf(service, FEW_KEY);
    expect(few.skipped.map(({ stored_as: name }) => name)).toEqual(['web-dev']);
    expect(JSON.stringify(few)).not.toMatch(/aem-prod|AEM/);

    await workplace.addCredential('aem-dev', { kind: 'oauth' });
    for (const file of ['web-dev', 'aem-prod.JSON', 'AEM Dev.json']) await remove(file);
    service.lookNow();
    const found = await sourceOf(service, true);
    expect(found.credential_source).toEqual({ ok: true, detail: '1 credential' });
    expect(found.skipped).toEqual([{ stored_as: 'callers.yaml', code: 'credential_invalid_name' }]);
    const warnings = service.logLines.map((line) => JSON.parse(line) as { event?: string });
    expect(warnings.filter(({ event }) => event === 'source.empty')).toHaveLength(1);
  });

  it('names region and prefix of an AWS account without a match, and the reason of an outage', async () => {
    const { workplace } = await open();
    const aws = await SecretsManager.start();
    cleanups.push(() => aws.close());
    for (const [name, value] of Object.entries(aws.env)) {
      const before = process.env[name];
      process.env[name] = value;
      cleanups.push(async () => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
    }
    aws.put('ims/aem-dev', '{}');
    const service = await workplace.startService({
      CREDENTIAL_SOURCE: 'aws-secrets-manager',
      CREDENTIAL_SECRET_PREFIX: '/ims/',
    });
    const { credential_source: source } = await sourceOf(service, false);
    expect(source?.detail).toMatch(/^No secret in eu-central-1 starts with \/ims\/\..*slash at its start/);

    aws.deny('ListSecrets');
    service.lookNow();
    await eventually(
      () => statusOf(service),
      ({ credential_source: now }) => /ListSecrets failed \(AccessDenied/.test(now?.detail ?? ''),
    );
  });

  it('is known to a process that only vends, through the store, and is on its dashboard', async () => {
    const { workplace, write } = await open();
    await write('aem-dev.txt');
    const redis = await RedisServer.start();
    cleanups.push(() => redis.stop());
    const shared = {
      REDIS_URL: redis.url,
      TOKEN_ENCRYPTION_KEYS: SEALING_KEY,
    };
    const vending = await workplace.startService({ ...shared, SERVICE_ROLE: 'vend' });
    expect((await statusOf(vending)).credential_source).toBeNull();
    const hangUp = new AbortController();
    const authorization = `Bearer ${DEMO_KEY}`;
    const events = await fetch(`${vending.origin}/dashboard/events`, {
      headers: { authorization },
      signal: hangUp.signal,
    });
    let text = '';
    const reading = (async () => {
      for await (const chunk of events.body ?? []) text += Buffer.from(chunk).toString();
    })().catch(() => undefined);

    await workplace.startService({ ...shared, SERVICE_ROLE: 'refresh' });
    const status = await sourceOf(vending, false);
    expect(status.skipped.map(({ stored_as: name }) => name)).toContain('aem-dev.txt');
    await eventually(
      async () => text,
      (received) => /event: source\ndata: .*aem-dev\.txt/.test(received),
    );
    hangUp.abort();
    await reading;
  });
});
