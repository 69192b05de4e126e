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

/** "IMS allows a time skew of 30 seconds" (aemcs-api-client-lib); a latest `exp` it does not know. */
const SKEW_SECONDS = 30;

/** Believes an assertion or refuses it, in IMS's order and words. */
export class AssertionCheck {
  readonly #usedJtis: UsedJtis;

  constructor(usedJtis: UsedJtis) {
    this.#usedJtis = usedJtis;
  }

  /** Gives the metascopes the client may have. */
  async metascopes(jwt: string, account: Account, origin: string, nowMs: number): Promise<readonly string[]> {
    const assertion = decodeAssertion(jwt);
    refuseUnless(assertion.alg === 'RS256', WRONG_ALGORITHM);
    refuseUnless(assertion.claims['aud'] === `${origin}/c/${account.clientId}`, WRONG_AUDIENCE);
    // A binding is one technical account in one organisation: with another name in it there is no key to match.
    const bound = assertion.iss === account.org && assertion.sub === account.technicalAccountId;
    refuseUnless(bound && (await isSignedByAccount(jwt, account, nowMs)), NO_MATCHING_BINDING);
    refuseUnless(assertion.expSeconds + SKEW_SECONDS > nowMs / 1000, EXPIRED_ASSERTION);
    const metascopes = requestedMetascopes(assertion.claims, origin, account.metascopes);
    const { jti, expSeconds } = assertion;
    const fresh = jti === undefined || this.#usedJtis.use(account.technicalAccountId, jti, expSeconds, nowMs);
    refuseUnless(fresh, REPLAYED_JTI);
    return metascopes;
  }
}

function refuseUnless(condition: boolean, otherwise: ImsRefusal): void {
  if (!condition) throw new ImsRefusalError(otherwise);
}
