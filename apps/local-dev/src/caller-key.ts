import { hash } from 'node:crypto';

import { CallersFileProblem, makeCallerKey, parseCallers } from '#libs/callers';

import { readIfPresent, writeSecret } from './secret-files.ts';

/** A key that a header can carry and that is not the rest of a longer one. */
const USABLE_KEY = /^[\x21-\x7e]{16,}$/;
/** The line of `callersYaml` that belongs to the key. The developer may have changed all others. */
const KEY_LINE = /(apiKeySha256:\s*\[\s*)(["']?)[0-9a-f]{64}\2(\s*\]\s*# of the key in the file caller-key)/;

/**
 * Ensures that the file has a key, and nothing around it: curl sends what is there.
 * @param notices gets a sentence for each file that was replaced
 */
export async function ensureCallerKey(path: string, notices: string[]): Promise<string> {
  const text = await readIfPresent(path);
  const key = text?.trim() ?? '';
  if (USABLE_KEY.test(key)) {
    if (text?.trimEnd() !== key || text.includes('\r')) await writeSecret(path, key);
    return key;
  }
  if (text !== null) notices.push(`${path} had no usable key. It has a new one now.`);
  const created = makeCallerKey();
  await writeSecret(path, created);
  return created;
}

/**
 * Ensures that the callers file has a caller with the key. It changes only the line of the key. If a
 * developer has removed that line, the file is left alone.
 * @throws Error if the file is not valid
 */
export async function ensureCaller(path: string, key: string, notices: string[]): Promise<void> {
  const text = await readIfPresent(path);
  if (text === null || text.trim() === '') {
    await writeSecret(path, callersYaml(key));
    return;
  }
  if (hasCaller(text, key, path)) return;
  const healed = text.replace(KEY_LINE, `$1"${digestOf(key)}"$3`);
  if (healed === text) {
    notices.push(
      `${path} was left alone: none of its callers has the key in caller-key. Add ` +
        `apiKeySha256: ["${digestOf(key)}"] to one, or delete the file: the next start makes a new one.`,
    );
    return;
  }
  await writeSecret(path, healed);
  notices.push(`${path} has the digest of the new caller-key now.`);
}

function hasCaller(text: string, key: string, path: string): boolean {
  try {
    return parseCallers(text).byKey(key) !== null;
  } catch (error) {
    if (!(error instanceof CallersFileProblem)) throw error;
    throw new Error(
      `${path} is not valid and was left alone: ${error.message}. ` +
        'Correct it, or delete it: the next start makes a new one.',
      { cause: error },
    );
  }
}

const digestOf = (key: string): string => hash('sha256', key, 'hex');

const callersYaml = (key: string): string => `# The callers and the tokens that they may read.
# "npm start" created this file. The service reads it again when you change it.
callers:
  - name: demo
    apiKeySha256: ["${digestOf(key)}"] # of the key in the file caller-key
    tokens: ["*"]
    permissions: [read, refresh, status]
`;
