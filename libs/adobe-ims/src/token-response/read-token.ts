import { z } from 'zod';

import { AccessToken, ExchangeFailure, type Exchange } from '#libs/tokens';

import { aheadOfIms } from '../http/clock-skew.ts';
import type { ImsRequest, ImsResponse } from '../http/ims-response.ts';
import { unreadableFailure } from '../http/response-failure.ts';
import { decimal } from './decimal.ts';
import { readTokenClaims } from './token-claims.ts';
import { tokenExpiry } from './token-lifetime.ts';

/** Real tokens have 1,100 to 1,600 characters; most servers refuse a header of more than 8 KiB. */
const MAX_TOKEN_LENGTH = 8 * 1024;
/** RFC 6750 §2.1: the characters that an Authorization header may contain. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

const tokenResponse = z.object({
  access_token: z.string().min(1),
  token_type: z.string().nullish(),
  expires_in: decimal.nullish(),
});

/**
 * Reads the token of a response and computes its expiry.
 * @throws ExchangeFailure when the response has no token, or a token that callers cannot use
 */
export function readToken(response: ImsResponse, { origin, grant }: ImsRequest): Exchange {
  const parsed = tokenResponse.safeParse(response.json);
  if (!parsed.success) {
    const problem = 'holds neither an access token nor an error as IMS writes them';
    throw unreadableFailure(response, origin, problem);
  }
  const { access_token: value, token_type: type, expires_in: expiresIn } = parsed.data;
  if (value.length > MAX_TOKEN_LENGTH) throw unusable(response, 'it is longer than 8 KiB');
  if (!B64TOKEN.test(value)) throw unusable(response, 'it has characters that no bearer token may have');
  if (type && type.toLowerCase() !== 'bearer') throw unusable(response, 'its token_type is not bearer');

  const { sentAt: issuedAt, receivedAt: now, clockSkew } = response;
  const claims = readTokenClaims(value, issuedAt);
  const expiry = tokenExpiry({ expiresIn: expiresIn ?? null, claims, grant, issuedAt, now });
  if (typeof expiry !== 'number') {
    const clock = expiry.suspectsClock ? aheadOfIms(clockSkew) : '';
    throw unusable(response, `${expiry.problem}${clock}`);
  }
  return { token: new AccessToken(value, issuedAt, expiry), clockSkew };
}

function unusable({ debugId }: ImsResponse, problem: string): ExchangeFailure {
  return new ExchangeFailure({
    code: 'ims_token_unusable',
    diagnosis:
      `IMS issued a token that cannot be handed out: ${problem}. If the clock is right, ask Adobe support, ` +
      "with IMS's debug id.",
    retryable: false,
    debugId,
  });
}
