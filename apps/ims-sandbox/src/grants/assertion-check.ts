import type { Account } from '../accounts/account.ts';
import { ImsRefusalError, type ImsRefusal } from '../wire/ims-refusal.ts';
import { isSignedByAccount } from './assertion-signature.ts';
import { decodeAssertion } from './assertion.ts';
import {
  EXPIRED_ASSERTION,
  NO_MATCHING_BINDING,
  WRONG_ALGORITHM,
  WRONG_AUDIENCE,
  REPLAYED_JTI,
} from './grant-refusals.ts';
import { requestedMetascopes } from './metascopes.ts';
import type { UsedJtis } from './used-jtis.ts';

/** "IMS allows a time skew of 30 seconds" (aemcs-api-client-lib). IMS has no upper limit for `exp`. */
const SKEW_SECONDS = 30;

/** Checks an assertion in IMS's order, and refuses it with IMS's error bodies. */
export class AssertionCheck {
  readonly #usedJtis: UsedJtis;

  constructor(usedJtis: UsedJtis) {
    this.#usedJtis = usedJtis;
  }

  /** Returns the metascopes that the client may have. */
  async metascopes(jwt: string, account: Account, origin: string, nowMs: number): Promise<readonly string[]> {
    const assertion = decodeAssertion(jwt);
    refuseUnless(assertion.alg === 'RS256', WRONG_ALGORITHM);
    refuseUnless(assertion.claims['aud'] === `${origin}/c/${account.clientId}`, WRONG_AUDIENCE);
    // IMS finds the binding, and with it the certificates, by organisation and technical account.
    const bound = assertion.iss === account.org && assertion.sub === account.technicalAccountId;
    refuseUnless(bound && (await isSignedByAccount(jwt, account, nowMs)), NO_MATCHING_BINDING);
    refuseUnless(assertion.expSeconds + SKEW_SECONDS > nowMs / 1000, EXPIRED_ASSERTION);
    const metascopes = requestedMetascopes(assertion.claims, origin, account.metascopes);
    const { jti, expSeconds } = assertion;
    const isUnused =
      jti === undefined || this.#usedJtis.use(account.technicalAccountId, jti, expSeconds, nowMs);
    refuseUnless(isUnused, REPLAYED_JTI);
    return metascopes;
  }
}

function refuseUnless(condition: boolean, refusal: ImsRefusal): void {
  if (!condition) throw new ImsRefusalError(refusal);
}
