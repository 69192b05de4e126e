import { hash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** The name of the sample credential; one credential covers author and publish of one AEM environment. */
export const SAMPLE_CREDENTIAL = 'aem-dev';

/** What a laptop run keeps between starts, all of it below one git-ignored folder. */
export interface SandboxFolder {
  readonly credentialFolder: string;
  readonly sampleCredential: string;
  readonly callersFile: string;
  readonly callerKey: string;
  readonly imsState: string;
  /** `KID:BASE64`, for runs with a Redis. */
  readonly encryptionKey: string;
}

/** Makes what is missing of the folder and leaves alone what is there. */
export async function openSandboxFolder(root: string): Promise<SandboxFolder> {
  const folder = resolve(root, '.sandbox');
  const path = (name: string): string => join(folder, name);
  await mkdir(path('credentials'), { recursive: true, mode: 0o700 });
  const key = await readOrMake(path('caller-key'), () => randomBytes(32).toString('base64url'));
  await readOrMake(path('callers.yaml'), () => callersYaml(key));
  const encryptionKey = await readOrMake(
    path('encryption-key'),
    () => `laptop:${randomBytes(32).toString('base64')}`,
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

async function readOrMake(path: string, make: () => string): Promise<string> {
  if (!existsSync(path)) await writeSecret(path, make());
  return (await readFile(path, 'utf8')).trim();
}

/** Writes what only this user may read. */
export const writeSecret = (path: string, text: string): Promise<void> =>
  writeFile(path, text, { mode: 0o600 });

function callersYaml(key: string): string {
  return `# Who may have which token. "npm start" made this file once; it is yours now, and read again when it changes.
callers:
  - name: demo
    apiKeySha256: ["${hash('sha256', key, 'hex')}"] # of the key in caller-key
    tokens: ["*"]
    permissions: [read, refresh, status]
`;
}
