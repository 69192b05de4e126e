import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { SecretsManager } from '../support/secrets-manager/secrets-manager.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { makeWorkplace } from '../support/token-service.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
let secrets: SecretsManager;
let workplace: Awaited<ReturnType<typeof makeWorkplace>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compose-seed-'));
  [workplace, secrets] = await Promise.all([makeWorkplace(), SecretsManager.start()]);
});

afterAll(async () => {
  await Promise.all([workplace.close(), secrets.close()]);
  await rm(folder, { recursive: true });
});

async function seed(): Promise<unknown> {
  const child = spawn(process.execPath, ['deploy/compose/seed.mjs'], {
    cwd: root,
    env: {
      ...secrets.env,
      IMS_ORIGIN: workplace.imsOrigin,
      IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
      SEED_FOLDER: folder,
    },
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as unknown[];
  return code;
}

it('the seed of docker-compose.yml makes what the service needs to vend a token, and may run again', async () => {
  expect([await seed(), await seed()]).toEqual([0, 0]);
  expect(secrets.calls('PutSecretValue')).toBe(0);
  const service = await ServiceProcess.start({
    ...secrets.env,
    CREDENTIAL_SOURCE: 'aws-secrets-manager',
    CALLERS_FILE: join(folder, 'callers.yaml'),
    IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
  });
  const key = await readFile(join(folder, 'caller-key'), 'utf8');
  const answer = await eventually(
    () => fetch(`${service.origin}/v1/tokens/aem-dev`, { headers: { authorization: `Bearer ${key}` } }),
    ({ status }) => status !== 503,
  );
  expect(answer.status).toBe(200);
  await service.stop();
});
