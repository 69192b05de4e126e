import { readFile } from 'node:fs/promises';

import type { CallerAuth } from './client-options.ts';
import { TokenServiceError } from './token-service-error.ts';

/** The caller's key or OIDC token as it is now. @throws TokenServiceError `auth_unavailable` */
export async function callerCredential(auth: CallerAuth): Promise<string> {
  if ('key' in auth) return auth.key;
  const given: unknown = await read(auth);
  const credential = typeof given === 'string' ? given.trim() : '';
  if (!/^[\x21-\x7e]+$/.test(credential))
    throw unavailable('what it gave is no token: one word of plain characters is expected');
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
  new TokenServiceError(`This caller's own token can't be had from auth.jwt or auth.jwtFile (${reason}).`, {
    code: 'auth_unavailable',
  });
