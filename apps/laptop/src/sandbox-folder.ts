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

/** Asks the sandbox for a sample credential where there is none, or where the sandbox has forgotten its account. */
export async function ensureSampleCredential(
  folder: SandboxFolder,
  imsOrigin: string,
  isNewIms: boolean,
): Promise<void> {
  if (existsSync(folder.sampleCredential) && !isNewIms) {
    await followOrigin(folder.sampleCredential, imsOrigin);
    return;
  }
  const answer = await fetch(`${imsOrigin}/sandbox/credentials`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'jwt' }),
  });
  if (answer.status !== 201)
    throw new Error(`The IMS sandbox made no sample credential (HTTP ${answer.status}).`);
  await writeSecret(folder.sampleCredential, `${JSON.stringify(await answer.json(), undefined, 2)}\n`);
}

/** The sandbox may listen on another port than last time; the sample credential names it by its origin. */
async function followOrigin(path: string, imsOrigin: string): Promise<void> {
  const document = JSON.parse(await readFile(path, 'utf8')) as { integration?: { imsEndpoint?: string } };
  if (document.integration === undefined || document.integration.imsEndpoint === imsOrigin) return;
  document.integration.imsEndpoint = imsOrigin;
  await writeSecret(path, `${JSON.stringify(document, undefined, 2)}\n`);
}

async function readOrMake(path: string, make: () => string): Promise<string> {
  if (!existsSync(path)) await writeSecret(path, make());
  return (await readFile(path, 'utf8')).trim();
}

const writeSecret = (path: string, text: string): Promise<void> => writeFile(path, text, { mode: 0o600 });

function callersYaml(key: string): string {
  return `# Who may have which token. "npm start" made this file once; it is yours now, and read again when it changes.
callers:
  - name: demo
    apiKeySha256: ["${hash('sha256', key, 'hex')}"] # of the key in caller-key
    tokens: ["*"]
    permissions: [read, refresh, status]
`;
}
