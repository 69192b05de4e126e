// Fills the shared folder once: a sample credential from the sandbox, a caller and its key.
// Run by docker-compose.yml before the token service starts; what is there already is left alone.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';

const { IMS_ORIGIN, SEED_FOLDER } = process.env;

await mkdir(`${SEED_FOLDER}/credentials`, { recursive: true });

if (!existsSync(`${SEED_FOLDER}/credentials/aem-dev.json`)) {
  const answer = await fetch(`${IMS_ORIGIN}/sandbox/credentials`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'jwt' }),
  });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`);
  await writeFile(`${SEED_FOLDER}/credentials/aem-dev.json`, await answer.text(), { mode: 0o600 });
}

if (!existsSync(`${SEED_FOLDER}/callers.yaml`)) {
  const key = randomBytes(32).toString('base64url');
  const digest = createHash('sha256').update(key).digest('hex');
  await writeFile(`${SEED_FOLDER}/caller-key`, key, { mode: 0o600 });
  const lines = [
    'callers:',
    '  - name: demo',
    `    apiKeySha256: ["${digest}"]`,
    '    tokens: ["*"]',
    '    permissions: [read, refresh, status]',
  ];
  await writeFile(`${SEED_FOLDER}/callers.yaml`, `${lines.join('\n')}\n`);
}
