import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-rules-'));
  await cp(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
});

afterAll(() => rm(folder, { recursive: true }));

/** What the linter says of one file that imports one thing. */
async function lint(file: string, imported: string): Promise<string> {
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `import * as imported from '${imported}';\nexport const kept = imported;\n`);
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), [file], {
    cwd: folder,
    encoding: 'utf8',
  });
  await rm(path);
  return stdout;
}

describe('who may import whom', () => {
  it.each([
    ['libs/tokens/src/any.ts', 'fastify'],
    ['libs/tokens/src/any.ts', '#libs/callers'],
    ['libs/tokens/src/any.ts', '../../callers/src/caller.ts'],
    ['libs/adobe-ims/src/any.ts', 'ioredis'],
    ['libs/adobe-ims/src/any.ts', '@nestjs/common'],
    ['libs/credential-sources/src/any.ts', '#libs/token-stores'],
    ['libs/token-stores/src/any.ts', '#libs/adobe-ims'],
    ['libs/callers/src/any.ts', 'ioredis'],
    ['libs/client/src/any.ts', '#libs/tokens'],
    ['libs/client/src/any.ts', 'undici'],
    ['libs/client/src/any.ts', '../../tokens/src/units.ts'],
    ['apps/token-service/src/vending/any.ts', '#libs/adobe-ims'],
    ['apps/token-service/src/vending/any.ts', '#libs/credential-sources'],
    ['apps/token-service/src/vending/any.ts', '../refreshing/refresh-ticks.ts'],
    ['apps/ims-sandbox/src/any.ts', '#libs/tokens'],
    ['libs/tokens/src/any.ts', '../../../apps/token-service/src/config/service-config.ts'],
    ['apps/local-dev/src/any.ts', '../../apps/ims-sandbox/src/ims-sandbox.ts'],
  ])('%s may not import %s', async (file, imported) => {
    expect(await lint(file, imported)).toContain('no-restricted-imports');
  });

  it.each([
    ['libs/tokens/src/any.ts', './units.ts'],
    ['libs/tokens/src/any.ts', 'node:fs/promises'],
    ['libs/adobe-ims/src/any.ts', 'jose'],
    ['libs/credential-sources/src/any.ts', '@aws-sdk/client-secrets-manager'],
    ['libs/callers/src/any.ts', '#libs/tokens'],
    ['libs/client/src/any.ts', './waiting.ts'],
    ['libs/client/src/any.ts', 'node:fs/promises'],
    ['apps/token-service/src/vending/any.ts', '#libs/callers'],
  ])('%s may import %s', async (file, imported) => {
    expect(await lint(file, imported)).not.toContain('no-restricted-imports');
  });
});
