import { z } from 'zod';

import { AccessToken, ExchangeFailure, type Exchange } from '#libs/tokens';

import { unreadableFailure } from './answer-failure.ts';
import { aheadOfIms } from './clock-skew.ts';
import { decimal } from './decimal.ts';
import type { ImsAnswer, ImsRequest } from './ims-answer.ts';
import { readTokenClaims } from './token-claims.ts';
import { tokenExpiry } from './token-lifetime.ts';

/** Real tokens have 1,100 to 1,600 characters; a header that carries more than this is refused by most servers. */
const MAX_TOKEN_LENGTH = 8 * 1024;
/** RFC 6750 §2.1: what can stand in an Authorization header. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  token_type: z.string().nullish(),
  expires_in: decimal.nullish(),
});

/**
 * The token of an answer, with its times.
 * @throws ExchangeFailure where there is none, or none that may be handed out.
 */
export function readToken(answer: ImsAnswer, request: ImsRequest): Exchange {
  const parsed = tokenAnswer.safeParse(answer.json);
  if (!parsed.success) {
    throw unreadableFailure(
      answer,
      request.origin,
      'holds neither an access token nor an error as IMS writes them',
    );
  }
  const { access_token: value, token_type: type, expires_in: expiresIn } = parsed.data;
  if (value.length > MAX_TOKEN_LENGTH) throw unusable(answer, 'it is longer than 8 KiB');
  if (!B64TOKEN.test(value)) throw unusable(answer, 'it has characters that no bearer token may have');
  if (type && type.toLowerCase() !== 'bearer') throw unusable(answer, 'its token_type is not bearer');

  const { askedAt: issuedAt, answeredAt: now, clockSkew } = answer;
  const claims = readTokenClaims(value, issuedAt);
  const expiry = tokenExpiry({ expiresIn: expiresIn ?? null, claims, grant: request.grant, issuedAt, now });
  if (typeof expiry !== 'number') {
    const clock = expiry.suspectsClock ? aheadOfIms(clockSkew) : '';
    throw unusable(answer, `${expiry.problem}${clock}`);
  }
  return { token: new AccessToken(value, issuedAt, expiry), clockSkew };
}

function unusable(answer: ImsAnswer, problem: string): ExchangeFailure {
  return new ExchangeFailure({
    code: 'ims_token_unusable',
    diagnosis:
      `IMS issued a token that cannot be handed out: ${problem}. Where the clock is right, ask Adobe support, ` +
      "with IMS's debug id.",
    retryable: false,
    debugId: answer.debugId,
  });
}
