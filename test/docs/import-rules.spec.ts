import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A folder with a file that imports one thing, and the rule that this breaks. */
const REFUSED: readonly (readonly [folder: string, imported: string, rule: string])[] = [
  ['libs/tokens/src/model', 'fastify', 'library-tokens'],
  ['libs/tokens/src/model', '#libs/callers', 'library-tokens'],
  ['libs/tokens/src/model', '../../../callers/src/caller.ts', 'library-tokens'],
  ['libs/tokens/src/model', '../ports/token-store.ts', 'storey-model'],
  ['libs/tokens/src/ports', '../serving/token-vendor.ts', 'storey-ports'],
  ['libs/tokens/src/serving', '../replication/store-sync.ts', 'storey-serving'],
  ['libs/tokens/src/replication', '../refreshing/refresh-plan.ts', 'storey-replication'],
  ['libs/tokens/src/refreshing', '../on-demand/token-replacement.ts', 'storey-refreshing'],
  ['libs/adobe-ims/src', 'ioredis', 'library-adobe-ims'],
  ['libs/adobe-ims/src', '@nestjs/common', 'library-adobe-ims'],
  ['libs/credential-sources/src', '#libs/token-stores', 'library-credential-sources'],
  ['libs/token-stores/src', '#libs/adobe-ims', 'library-token-stores'],
  ['libs/callers/src', 'ioredis', 'library-callers'],
  ['libs/client/src', '#libs/tokens', 'library-client'],
  ['libs/client/src', 'zod', 'library-client'],
  ['libs/client/src', 'not-installed', 'no-unresolved-import'],
  ['libs/client/src', '../../tokens/src/model/units.ts', 'library-client'],
  ['apps/token-service/src/tokens', '#libs/adobe-ims', 'keys-stay-behind-the-store'],
  ['apps/token-service/src/tokens', '#libs/credential-sources', 'keys-stay-behind-the-store'],
  ['apps/token-service/src/tokens', '../refreshing/source-poller.ts', 'feature-tokens'],
  ['apps/token-service/src/http', '../status/readiness.ts', 'feature-http'],
  ['apps/token-service/src/authentication', '../metrics/token-metrics.ts', 'feature-authentication'],
  ['apps/token-service/src/status', '../refreshing/source-poller.ts', 'feature-status'],
  ['apps/token-service/src/http', '../token-service.module.ts', 'features-below-root'],
  ['apps/ims-sandbox/src', '#libs/tokens', 'sandbox-shares-no-code'],
  ['apps/ims-sandbox/src/wire', '../tokens/token-lifetime.ts', 'sandbox-wire'],
  [
    'libs/tokens/src/model',
    '../../../../apps/token-service/src/config/service-config.ts',
    'nothing-imports-an-app',
  ],
  ['apps/local-dev/src', '../../ims-sandbox/src/ims-sandbox.ts', 'nothing-imports-an-app'],
  ['libs/tokens/src/model', '../serving/serve-policy.spec.ts', 'no-test-code-in-production'],
];

const ALLOWED: readonly (readonly [folder: string, imported: string])[] = [
  ['libs/tokens/src/serving', '../model/units.ts'],
  ['libs/tokens/src/model', 'node:fs/promises'],
  ['libs/adobe-ims/src', 'jose'],
  ['libs/credential-sources/src', '@aws-sdk/client-secrets-manager'],
  ['libs/callers/src', '#libs/tokens'],
  ['libs/client/src', './waiting.ts'],
  ['libs/client/src', 'node:fs/promises'],
  ['apps/token-service/src/tokens', '#libs/callers'],
];

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

let copy: string;
let violations: readonly Violation[];

const probe = (index: number): string => `probe-${index}.ts`;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'import-rules-'));
  for (const part of ['apps', 'libs', 'package.json', 'tsconfig.json', '.dependency-cruiser.js']) {
    await cp(join(root, part), join(copy, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const [index, [folder, imported]] of [...REFUSED, ...ALLOWED].entries()) {
    const text = `import * as imported from '${imported}';\nexport const kept = imported;\n`;
    await writeFile(join(copy, folder, probe(index)), text);
  }
  const { stdout } = spawnSync('npx', ['depcruise', 'apps', 'libs', '--output-type', 'json'], {
    cwd: copy,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  violations = (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
});

afterAll(() => rm(copy, { recursive: true }));

const rulesBrokenBy = (folder: string, index: number): readonly string[] =>
  violations.filter(({ from }) => from === `${folder}/${probe(index)}`).map(({ rule }) => rule.name);

describe('the import rules', () => {
  it.each(REFUSED.map((each, index) => [...each, index] as const))(
    'refuse a file in %s that imports %s (%s)',
    (folder, _imported, rule, index) => {
      expect(rulesBrokenBy(folder, index)).toContain(rule);
    },
  );

  it.each(ALLOWED.map((each, index) => [...each, REFUSED.length + index] as const))(
    'allow a file in %s to import %s',
    (folder, _imported, index) => {
      expect(rulesBrokenBy(folder, index)).toEqual([]);
    },
  );
});
