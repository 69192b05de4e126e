import type { AccessToken, ExchangeableCredential } from '#libs/tokens';

import { clientSecretsOf } from '../grants/grant.ts';
import type { SendToIms } from '../http/ims-response.ts';
import { clientRefusalCode } from '../refusals/refusal-code.ts';
import { refusalFailure } from '../refusals/refusal-failure.ts';
import { readRefusal, type Refusal } from '../refusals/refusal.ts';
import { readClientId } from '../token-response/token-claims.ts';

/**
 * Asks IMS whether it accepts a token. IMS answers 200 for an invalid token too (aio-lib-ims, ims-go).
 * @throws ExchangeFailure where IMS does not say
 */
export async function validateToken(
  credential: ExchangeableCredential,
  token: AccessToken,
  send: SendToIms,
): Promise<boolean> {
  const { kind: grant, clientId, imsOrigin: origin } = credential;
  const value = token.reveal();
  const response = await send({
    origin,
    path: '/ims/validate_token/v1',
    grant,
    form: { type: 'access_token', client_id: readClientId(value) ?? clientId, token: value },
    secrets: [value, ...clientSecretsOf(credential)],
  });
  const { valid } = response.json;
  if (response.status === 200 && typeof valid === 'boolean') return valid;
  const refusal = readRefusal(response) ?? NO_WORDS;
  throw refusalFailure(clientRefusalCode(refusal), refusal, { ...response, grant, clientId, origin });
}

/** IMS answered without an error and without a verdict. */
const NO_WORDS: Refusal = { status: 200, error: '', description: '', quoted: 'IMS gave no verdict.' };
