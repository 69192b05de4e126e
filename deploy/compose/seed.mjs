// Makes a sample once: a credential from the sandbox, stored in Secrets Manager by the project's own command line, and a
// caller with its key in the shared folder. Run by docker-compose.yml; what is there already is left alone.
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const { IMS_ORIGIN, SEED_FOLDER } = process.env;
const at = (name) => join(SEED_FOLDER, name);

if (!existsSync(at('aem-dev.json'))) {
  const answer = await fetch(`${IMS_ORIGIN}/sandbox/credentials`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'jwt' }),
  });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`);
  await writeFile(at('aem-dev.json'), await answer.text(), { mode: 0o600 });
}

if (!existsSync(at('callers.yaml'))) {
  const key = randomBytes(32).toString('base64url');
  const digest = createHash('sha256').update(key).digest('hex');
  await writeFile(at('caller-key'), key, { mode: 0o600 });
  const lines = [
    'callers:',
    '  - name: demo',
    `    apiKeySha256: ["${digest}"]`,
    '    tokens: ["*"]',
    '    permissions: [read, refresh, status]',
  ];
  await writeFile(at('callers.yaml'), `${lines.join('\n')}\n`);
}

const program = ['dist/apps/ims-token/src/main.js', 'put', 'aem-dev', at('aem-dev.json')];
const { status } = spawnSync(process.execPath, program, { stdio: 'inherit' });
process.exit(status ?? 1);
