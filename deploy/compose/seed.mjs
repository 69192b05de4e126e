// Makes a sample once: a credential from the sandbox, and a caller with its key. The command line of this
// project stores the credential in Secrets Manager. The two are in separate folders, because processes that
// answer callers must not see credentials. docker-compose.yml runs it. It does not change existing files.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const { IMS_ORIGIN, SAMPLE_FOLDER, CALLERS_FOLDER } = process.env;
const document = join(SAMPLE_FOLDER, 'aem-dev.json');
const callers = join(CALLERS_FOLDER, 'callers.yaml');

if (!existsSync(document)) {
  const answer = await fetch(`${IMS_ORIGIN}/sandbox/credentials`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'jwt' }),
  });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`);
  await writeFile(document, await answer.text(), { mode: 0o600 });
}

if (!existsSync(callers)) {
  const key = randomBytes(32).toString('base64url');
  const digest = createHash('sha256').update(key).digest('hex');
  await writeFile(join(CALLERS_FOLDER, 'demo.key'), key, { mode: 0o600 });
  const lines = [
    'callers:',
    '  - name: demo',
    `    apiKeySha256: ["${digest}"]`,
    '    tokens: ["*"]',
    '    permissions: [read, refresh, status]',
  ];
  await writeFile(callers, `${lines.join('\n')}\n`);
}

const program = ['dist/apps/cli/src/main.js', 'put', 'aem-dev', document];
const { status } = spawnSync(process.execPath, program, { stdio: 'inherit' });
process.exit(status ?? 1);
