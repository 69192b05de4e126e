import { readFile, stat } from 'node:fs/promises';

import { KeysUnavailable } from './keys-unavailable.ts';

/** Tokens of service accounts have one or two kilobytes. */
const MAX_FILE_BYTES = 16 * 1024;
/** RFC 6750 §2.1. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * Reads the token that authenticates this service to an issuer. Called before each fetch, as platforms
 * replace the file.
 * @throws KeysUnavailable, which names the file and quotes nothing of it
 */
export async function readBearerToken(path: string): Promise<string> {
  const text = (await read(path)).trim();
  if (!TOKEN.test(text)) {
    throw new KeysUnavailable(
      text === ''
        ? `bearerTokenFile ${path} is empty`
        : `bearerTokenFile ${path} must have one bearer token and nothing else`,
    );
  }
  return text;
}

async function read(path: string): Promise<string> {
  try {
    // Opening a named pipe would wait for a writer.
    const file = await stat(path);
    if (!file.isFile()) throw new KeysUnavailable(`bearerTokenFile ${path} is not a file`);
    if (file.size > MAX_FILE_BYTES) {
      throw new KeysUnavailable(`bearerTokenFile ${path} has more than ${MAX_FILE_BYTES} bytes`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof KeysUnavailable) throw error;
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new KeysUnavailable(`bearerTokenFile ${path} can't be read (${reason})`);
  }
}
