import { randomBytes } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { SealingKeys } from '#libs/token-stores';

import { ensureCaller, ensureCallerKey } from './caller-key.ts';
import { readIfPresent, writeSecret } from './secret-files.ts';

/** The name of the sample credential. One credential covers author and publish of an AEM environment. */
export const SAMPLE_CREDENTIAL = 'aem-dev';

/** The paths and the key that `npm start` keeps between starts, in one git-ignored folder. */
export interface SandboxFolder {
  readonly credentialFolder: string;
  readonly sampleCredential: string;
  readonly callersFile: string;
  readonly callerKey: string;
  readonly imsState: string;
  /** Whether the sandbox starts without accounts, so that it does not know the sample credential. */
  readonly isNewIms: boolean;
  /** `KID:BASE64`, used with Redis. */
  readonly encryptionKey: string;
  /** What was replaced or left alone, one sentence each. */
  readonly notices: string[];
}

/**
 * Opens the folder. Missing files are created and damaged ones replaced where nothing of the developer's is
 * lost; the others are left alone, and a notice says so.
 * @throws Error that names the file and the remedy if the service cannot start with it
 */
export async function openSandboxFolder(root: string): Promise<SandboxFolder> {
  const folder = resolve(root, '.sandbox');
  const path = (name: string): string => join(folder, name);
  const notices: string[] = [];
  await mkdir(path('credentials'), { recursive: true, mode: 0o700 });
  const key = await ensureCallerKey(path('caller-key'), notices);
  await ensureCaller(path('callers.yaml'), key, notices);
  return {
    credentialFolder: path('credentials'),
    sampleCredential: path(`credentials/${SAMPLE_CREDENTIAL}.json`),
    callersFile: path('callers.yaml'),
    callerKey: path('caller-key'),
    imsState: path('ims'),
    isNewIms: await isWithoutAccounts(path('ims/ims-sandbox.json'), notices),
    encryptionKey: await ensureEncryptionKey(path('encryption-key'), notices),
    notices,
  };
}

/** A state that is no JSON is damaged. It is moved away, as the sandbox does not start with it. */
async function isWithoutAccounts(path: string, notices: string[]): Promise<boolean> {
  const text = await readIfPresent(path);
  if (text === null) return true;
  try {
    JSON.parse(text);
    return false;
  } catch {
    await rename(path, `${path}.damaged`);
    notices.push(`${path} was damaged and is now ${path}.damaged. The sandbox has no accounts of before.`);
    return true;
  }
}

/** A new key costs nothing but new exchanges: tokens that the old one sealed are not opened any more. */
async function ensureEncryptionKey(path: string, notices: string[]): Promise<string> {
  const text = (await readIfPresent(path))?.trim() ?? null;
  if (text !== null && isUsable(text)) return text;
  if (text !== null) notices.push(`${path} had no usable key. It has a new one now.`);
  const created = `local-dev:${randomBytes(32).toString('base64')}`;
  await writeSecret(path, created);
  return created;
}

function isUsable(keys: string): boolean {
  try {
    SealingKeys.parse(keys);
    return true;
  } catch {
    return false;
  }
}
