import type { Secret } from '#libs/tokens';

import { callService, unreadableAnswer } from './call-service.ts';

interface Revocation {
  /** False: it is no token that the service still knows, so nothing was asked of Adobe IMS. */
  readonly revoked: boolean;
  /** SHA-256 of the token to use from now on; null where there is none. */
  readonly currentSha256: string | null;
}

/** Has a running service replace and revoke a token. @throws CommandFailure saying in words why it did not */
export async function revokeToken(url: URL, key: Secret, sha256: string): Promise<Revocation> {
  const answer = await callService(url, key, { token_sha256: sha256 });
  const { revoked, token_sha256: currentSha256 } = answer;
  const isToken = currentSha256 === null || typeof currentSha256 === 'string';
  if (typeof revoked !== 'boolean' || !isToken) throw unreadableAnswer(url);
  return { revoked, currentSha256 };
}
