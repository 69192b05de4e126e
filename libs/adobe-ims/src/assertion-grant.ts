import { randomInt } from 'node:crypto';

import {
  later,
  millis,
  type Clock,
  type Exchange,
  type ExchangeFailure,
  type JwtCredential,
} from '#libs/tokens';

import { signAssertion } from './assertion.ts';
import { judgeCertificate } from './certificate-verdict.ts';
import { isBehindIms } from './clock-skew.ts';
import type { AskIms, ImsAnswer, ImsRequest } from './ims-answer.ts';
import { readRefusal, type Refusal } from './refusal.ts';
import { assertionRefusalCode, type AssertionRefusalCode } from './refusal-code.ts';
import { permanentFailure, refusalFailure } from './refusal-failure.ts';
import { readToken } from './token-answer.ts';

/** `randomInt` takes no more. */
const LARGEST_JTI = 2 ** 48 - 1;

/**
 * Trades a signed assertion for a token. Two refusals are answered by signing once more: "expired" while our clock
 * is behind IMS's, with IMS's time; and a `jti` that is demanded or was used before, with a fresh one.
 */
export async function exchangeAssertion(
  credential: JwtCredential,
  ask: AskIms,
  clock: Clock,
): Promise<Exchange> {
  let clockOffset = millis(0);
  let jti: number | null = null;
  for (;;) {
    const assertion = await signAssertion(credential, later(clock.now(), clockOffset), jti);
    const request = requestWith(assertion, credential);
    const answer = await ask(request);
    const refusal = readRefusal(answer);
    if (refusal === null) return readToken(answer, request);

    const code = assertionRefusalCode(refusal);
    if (mayBeExpired(code) && clockOffset === 0 && isBehindIms(answer.clockSkew)) {
      clockOffset = answer.clockSkew;
    } else if (code === 'ims_assertion_replayed' && jti === null) {
      jti = randomInt(1, LARGEST_JTI);
    } else {
      throw refusedAssertion(code, refusal, credential, answer);
    }
  }
}

function requestWith(assertion: string, { imsOrigin, clientId, clientSecret }: JwtCredential): ImsRequest {
  const secret = clientSecret.reveal();
  return {
    origin: imsOrigin,
    path: '/ims/exchange/jwt',
    grant: 'jwt',
    form: { client_id: clientId, client_secret: secret, jwt_token: assertion },
    secrets: [secret, assertion],
  };
}

/** IMS's wording for an expired assertion is not documented; it may well be the one for an undecodable. */
const mayBeExpired = (code: AssertionRefusalCode): boolean =>
  code === 'ims_assertion_expired' || code === 'ims_assertion_invalid';

function refusedAssertion(
  code: AssertionRefusalCode,
  refusal: Refusal,
  { certificate, clientId, imsOrigin }: JwtCredential,
  { answeredAt, clockSkew, debugId }: ImsAnswer,
): ExchangeFailure {
  const verdict = judgeCertificate(certificate, answeredAt, clockSkew);
  // A bare `invalid_token` blames nothing in particular: a certificate out of its dates is the likeliest cause.
  const isBare = code === 'ims_assertion_invalid' && refusal.description === '';
  if (code === 'signature_mismatch' || (isBare && verdict.code !== 'ims_certificate_unknown')) {
    return permanentFailure(verdict, refusal, debugId);
  }
  return refusalFailure(code, refusal, { grant: 'jwt', clientId, origin: imsOrigin, clockSkew, debugId });
}
