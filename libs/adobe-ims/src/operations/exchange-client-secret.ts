import type { Exchange, OAuthCredential, Secret } from '#libs/tokens';

import type { SendToIms } from '../http/ims-response.ts';
import { clientRefusalCode, mayBlameSecret } from '../refusals/refusal-code.ts';
import { refusalFailure } from '../refusals/refusal-failure.ts';
import { readRefusal } from '../refusals/refusal.ts';
import { readToken } from '../token-response/read-token.ts';
import { tokenRequest } from './token-request.ts';

/** The secret of a document that IMS accepted last. A new version of the document is a new key. */
const lastAccepted = new WeakMap<OAuthCredential, Secret>();

/**
 * Exchanges a client secret for a token (OAuth Server-to-Server, RFC 6749 §4.4). A credential has two secrets
 * while one is rotated: the exchange tries each in turn, first the one that IMS accepted last.
 * @throws ExchangeFailure
 */
export async function exchangeClientSecret(credential: OAuthCredential, send: SendToIms): Promise<Exchange> {
  const { kind: grant, clientId, imsOrigin: origin } = credential;
  const clientSecrets = inOrder(credential);
  for (const [index, clientSecret] of clientSecrets.entries()) {
    const request = tokenRequest(credential, clientSecret.reveal());
    const response = await send(request);
    const refusal = readRefusal(response);
    if (refusal === null) {
      lastAccepted.set(credential, clientSecret);
      return readToken(response, request);
    }

    const code = clientRefusalCode(refusal);
    if (mayBlameSecret(code) && index < clientSecrets.length - 1) continue;
    throw refusalFailure(code, refusal, { ...response, grant, clientId, origin });
  }
  throw new Error('The parser accepted an OAuth credential without a client secret.');
}

function inOrder(credential: OAuthCredential): readonly Secret[] {
  const { clientSecrets } = credential;
  const first = lastAccepted.get(credential);
  return first === undefined ? clientSecrets : [first, ...clientSecrets.filter((secret) => secret !== first)];
}
