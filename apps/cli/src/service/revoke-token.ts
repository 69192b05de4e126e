import type { Secret } from '#libs/tokens';

import { callService, unreadableAnswer } from './call-service.ts';

interface Revocation {
  /** False when the service does not know the token. Then it sent no request to Adobe IMS. */
  readonly revoked: boolean;
  /** The SHA-256 of the token to use from now on; null without one. */
  readonly currentSha256: string | null;
}

/**
 * Replaces and revokes a token through a running service.
 * @throws CommandFailure with the reason of a failure
 */
export async function revokeToken(url: URL, key: Secret, sha256: string): Promise<Revocation> {
  const answer = await callService(url, key, { token_sha256: sha256 });
  const { revoked, token_sha256: currentSha256 } = answer;
  const isToken = currentSha256 === null || typeof currentSha256 === 'string';
  if (typeof revoked !== 'boolean' || !isToken) throw unreadableAnswer(url);
  return { revoked, currentSha256 };
}
