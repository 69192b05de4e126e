import type { Exchange, OAuthCredential, Secret } from '#libs/tokens';

import type { AskIms, ImsRequest } from './ims-answer.ts';
import { readRefusal } from './refusal.ts';
import { clientRefusalCode, type RefusalCode } from './refusal-code.ts';
import { refusalFailure } from './refusal-failure.ts';
import { readToken } from './token-answer.ts';

/** Which secret of a document IMS took last; a new version of the document starts afresh. */
const lastGood = new WeakMap<OAuthCredential, Secret>();

/** OAuth Server-to-Server (RFC 6749 §4.4). While a secret is being rotated there are two; each is tried in turn, the one that worked last first. */
export async function exchangeClientSecret(credential: OAuthCredential, ask: AskIms): Promise<Exchange> {
  const { clientId, imsOrigin: origin } = credential;
  const clientSecrets = inOrder(credential);
  for (const [index, clientSecret] of clientSecrets.entries()) {
    const request = requestWith(clientSecret, credential);
    const answer = await ask(request);
    const refusal = readRefusal(answer);
    if (refusal === null) {
      lastGood.set(credential, clientSecret);
      return readToken(answer, request);
    }

    const code = clientRefusalCode(refusal);
    if (mayBlameSecret(code) && index < clientSecrets.length - 1) continue;
    throw refusalFailure(code, refusal, { ...answer, grant: 'oauth', clientId, origin });
  }
  throw new Error('An OAuth credential without a client secret got past its parser.');
}

function inOrder(credential: OAuthCredential): readonly Secret[] {
  const { clientSecrets } = credential;
  const first = lastGood.get(credential);
  return first === undefined ? clientSecrets : [first, ...clientSecrets.filter((secret) => secret !== first)];
}

function requestWith(clientSecret: Secret, credential: OAuthCredential): ImsRequest {
  return {
    origin: credential.imsOrigin,
    path: '/ims/token/v3',
    grant: 'oauth',
    form: {
      grant_type: 'client_credentials',
      client_id: credential.clientId,
      client_secret: clientSecret.reveal(),
      scope: credential.scopes.join(','),
    },
    secrets: credential.clientSecrets.map((secret) => secret.reveal()),
  };
}

/** A bare `invalid_client` blames nothing in particular; trying the next secret harms nobody. */
const mayBlameSecret = (code: RefusalCode): boolean =>
  code === 'ims_invalid_client_secret' || code === 'ims_invalid_client';
