import { randomInt } from 'node:crypto';

import {
  later,
  millis,
  type Clock,
  type Exchange,
  type ExchangeFailure,
  type JwtCredential,
  type Millis,
} from '#libs/tokens';

import { signAssertion } from '../grants/assertion.ts';
import { isBehindIms, isBeyondCorrection } from '../http/clock-skew.ts';
import type { ImsResponse, SendToIms } from '../http/ims-response.ts';
import { judgeCertificate } from '../refusals/certificate-verdict.ts';
import { assertionRefusalCode, type AssertionRefusalCode } from '../refusals/refusal-code.ts';
import { permanentFailure, refusalFailure } from '../refusals/refusal-failure.ts';
import { readRefusal, type Refusal } from '../refusals/refusal.ts';
import { readToken } from '../token-response/read-token.ts';
import { tokenRequest } from './token-request.ts';

/** The largest bound that `randomInt` takes. */
const MAX_JTI = 2 ** 48 - 1;

/**
 * Exchanges a signed assertion for a token. Signs a second assertion after two refusals: with IMS's time when
 * IMS calls the first one expired and this machine's clock is behind by 10 minutes at most, and with a fresh
 * `jti` when IMS demands an unused one.
 * @throws ExchangeFailure
 */
export async function exchangeAssertion(
  credential: JwtCredential,
  send: SendToIms,
  clock: Clock,
): Promise<Exchange> {
  let clockOffset = millis(0);
  let jti: number | null = null;
  for (;;) {
    const assertion = await signAssertion(credential, later(clock.now(), clockOffset), jti);
    const request = tokenRequest(credential, assertion);
    const response = await send(request);
    const refusal = readRefusal(response);
    if (refusal === null) return readToken(response, request);

    const code = assertionRefusalCode(refusal);
    if (mayBeExpired(code) && clockOffset === 0 && isCorrectable(response.clockSkew)) {
      clockOffset = response.clockSkew;
    } else if (code === 'ims_assertion_replayed' && jti === null) {
      jti = randomInt(1, MAX_JTI);
    } else {
      throw refusedAssertion(code, refusal, credential, response);
    }
  }
}

const isCorrectable = (skew: Millis | null): skew is Millis => isBehindIms(skew) && !isBeyondCorrection(skew);

/**
 * Adobe does not document IMS's wording for an expired assertion. It may be the one for an assertion that IMS
 * cannot decode.
 */
const mayBeExpired = (code: AssertionRefusalCode): boolean =>
  code === 'ims_assertion_expired' || code === 'ims_assertion_invalid';

function refusedAssertion(
  code: AssertionRefusalCode,
  refusal: Refusal,
  { kind: grant, certificate, clientId, imsOrigin: origin }: JwtCredential,
  { receivedAt, clockSkew, debugId }: ImsResponse,
): ExchangeFailure {
  const verdict = judgeCertificate(certificate, receivedAt, clockSkew);
  // A bare `invalid_token` names no cause. A certificate out of its dates is the most likely one.
  const isBare = code === 'ims_assertion_invalid' && refusal.description === '';
  if (code === 'signature_mismatch' || (isBare && verdict.code !== 'ims_certificate_unknown')) {
    return permanentFailure(verdict, refusal, debugId);
  }
  return refusalFailure(code, refusal, { grant, clientId, origin, clockSkew, debugId });
}
