import { ExchangeFailure, type AccessToken, type ExchangeableCredential } from '#libs/tokens';

import type { AskIms, ImsRequest } from './ims-answer.ts';
import { readRefusal } from './refusal.ts';
import { clientRefusalCode } from './refusal-code.ts';
import { refusalFailure } from './refusal-failure.ts';
import { readClientId } from './token-claims.ts';

/**
 * Takes one token back, and none of its siblings. IMS also says yes to a token of another client, and does nothing;
 * so whose it is gets looked at first. Where there are two secrets each is tried in turn, as for an exchange.
 */
export async function invalidateToken(
  credential: ExchangeableCredential,
  token: AccessToken,
  ask: AskIms,
): Promise<void> {
  const { kind: grant, clientId, imsOrigin: origin } = credential;
  const owner = readClientId(token.reveal());
  if (owner !== null && owner !== clientId) throw otherClients(clientId);
  const secrets = credential.kind === 'jwt' ? [credential.clientSecret] : credential.clientSecrets;
  const values = secrets.map((secret) => secret.reveal());
  for (const [index, clientSecret] of values.entries()) {
    const answer = await ask(requestWith(credential, token.reveal(), clientSecret, values));
    const refusal = readRefusal(answer);
    if (refusal === null) return;
    const code = clientRefusalCode(refusal);
    const mayBlameSecret = code === 'ims_invalid_client_secret' || code === 'ims_invalid_client';
    if (mayBlameSecret && index < values.length - 1) continue;
    throw refusalFailure(code, refusal, { ...answer, grant, clientId, origin });
  }
}

function requestWith(
  { kind: grant, imsOrigin: origin, clientId }: ExchangeableCredential,
  token: string,
  clientSecret: string,
  secrets: readonly string[],
): ImsRequest {
  return {
    origin,
    path: '/ims/invalidate_token/v2',
    grant,
    form: { token_type: 'access_token', token, client_id: clientId, client_secret: clientSecret },
    secrets: [token, ...secrets],
    mayAnswerNothing: true,
  };
}

const otherClients = (clientId: string): ExchangeFailure =>
  new ExchangeFailure({
    code: 'ims_invalid_client',
    diagnosis:
      `The token was issued to another client than ${clientId}, whose credential is stored under this name by now. ` +
      'Store the former document again to revoke it here, or have it revoked where it came from.',
    retryable: false,
  });
