import { readFile } from 'node:fs/promises';

import type { CallerAuth } from './client-options.ts';
import { TokenServiceError } from './token-service-error.ts';

/** Reads the caller's current key or OIDC token. @throws TokenServiceError `auth_unavailable` */
export async function callerCredential(auth: CallerAuth): Promise<string> {
  if ('key' in auth) return auth.key;
  const value: unknown = await read(auth);
  const credential = typeof value === 'string' ? value.trim() : '';
  if (!/^[\x21-\x7e]+$/.test(credential))
    throw unavailable('the value is not a token: a token is one word of printable ASCII characters');
  return credential;
}

async function read(auth: Exclude<CallerAuth, { key: string }>): Promise<string> {
  try {
    return 'jwt' in auth ? await auth.jwt() : await readFile(auth.jwtFile, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it failed';
    throw unavailable(code);
  }
}

const unavailable = (reason: string): TokenServiceError =>
  new TokenServiceError(`The caller's own token cannot be read from auth.jwt or auth.jwtFile (${reason}).`, {
    code: 'auth_unavailable',
  });
