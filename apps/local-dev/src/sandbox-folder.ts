import { hash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The name of the sample credential. One credential covers author and publish of an AEM environment. */
export const SAMPLE_CREDENTIAL = 'aem-dev';

/** The paths and the key that `npm start` keeps between starts, in one git-ignored folder. */
export interface SandboxFolder {
  readonly credentialFolder: string;
  readonly sampleCredential: string;
  readonly callersFile: string;
  readonly callerKey: string;
  readonly imsState: string;
  /** `KID:BASE64`, used with Redis. */
  readonly encryptionKey: string;
}

/** Creates the missing files of the folder and does not change the others. */
export async function openSandboxFolder(root: string): Promise<SandboxFolder> {
  const folder = resolve(root, '.sandbox');
  const path = (name: string): string => join(folder, name);
  await mkdir(path('credentials'), { recursive: true, mode: 0o700 });
  const key = await readOrCreate(path('caller-key'), () => randomBytes(32).toString('base64url'));
  await readOrCreate(path('callers.yaml'), () => callersYaml(key));
  const encryptionKey = await readOrCreate(
    path('encryption-key'),
    () => `local-dev:${randomBytes(32).toString('base64')}`,
  );
  return {
    credentialFolder: path('credentials'),
    sampleCredential: path(`credentials/${SAMPLE_CREDENTIAL}.json`),
    callersFile: path('callers.yaml'),
    callerKey: path('caller-key'),
    imsState: path('ims'),
    encryptionKey,
  };
}

async function readOrCreate(path: string, create: () => string): Promise<string> {
  if (!existsSync(path)) await writeSecret(path, create());
  return (await readFile(path, 'utf8')).trim();
}

/** Writes a file that only this user may read. */
export const writeSecret = (path: string, text: string): Promise<void> =>
  writeFile(path, text, { mode: 0o600 });

function callersYaml(key: string): string {
  return `# The callers and the tokens that they may read.
# "npm start" created this file. The service reads it again when you change it.
callers:
  - name: demo
    apiKeySha256: ["${hash('sha256', key, 'hex')}"] # of the key in the file caller-key
    tokens: ["*"]
    permissions: [read, refresh, status]
`;
}
