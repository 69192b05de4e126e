import type { Secret } from '#libs/tokens';

import { callService, unreadableAnswer } from './call-service.ts';

/** The service's answer to a request for a token. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly [other: string]: unknown;
}

/** Requests a token from a running service. @throws CommandFailure with the reason why there is no token */
export async function requestToken(url: URL, key: Secret): Promise<TokenAnswer> {
  const answer = await callService(url, key);
  const token = answer['access_token'];
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw unreadableAnswer(url);
  return { ...answer, access_token: token };
}
