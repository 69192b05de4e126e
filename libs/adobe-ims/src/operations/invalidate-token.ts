import { ExchangeFailure, type AccessToken, type ExchangeableCredential } from '#libs/tokens';

import { clientSecretsOf } from '../grants/grant.ts';
import type { ImsRequest, SendToIms } from '../http/ims-response.ts';
import { clientRefusalCode, mayBlameSecret } from '../refusals/refusal-code.ts';
import { refusalFailure } from '../refusals/refusal-failure.ts';
import { readRefusal } from '../refusals/refusal.ts';
import { readClientId } from '../token-response/token-claims.ts';

/**
 * Revokes one token at IMS; other tokens of the same client stay valid. IMS confirms the invalidation of
 * another client's token without revoking it, so this checks the token's client id first. Tries each client
 * secret in turn.
 * @throws ExchangeFailure
 */
export async function invalidateToken(
  credential: ExchangeableCredential,
  token: AccessToken,
  send: SendToIms,
): Promise<void> {
  const { kind: grant, clientId, imsOrigin: origin } = credential;
  const owner = readClientId(token.reveal());
  if (owner !== null && owner !== clientId) throw otherClient(clientId);
  const secrets = clientSecretsOf(credential);
  for (const [index, secret] of secrets.entries()) {
    const response = await send(invalidationRequest(credential, token.reveal(), secret, secrets));
    const refusal = readRefusal(response);
    if (refusal === null) return;
    const code = clientRefusalCode(refusal);
    if (mayBlameSecret(code) && index < secrets.length - 1) continue;
    throw refusalFailure(code, refusal, { ...response, grant, clientId, origin });
  }
}

function invalidationRequest(
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
    allowsEmptyBody: true,
  };
}

const otherClient = (clientId: string): ExchangeFailure =>
  new ExchangeFailure({
    code: 'ims_invalid_client',
    diagnosis:
      `The token was issued to another client than ${clientId}, the client of the credential that is stored now. ` +
      'Store the former document again to revoke the token here, or revoke it where it was issued.',
    retryable: false,
  });
