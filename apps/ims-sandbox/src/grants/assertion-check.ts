import type { Account } from '../accounts/account.ts';
import { decodeAssertion } from './assertion.ts';
import { isSignedByAccount } from './assertion-signature.ts';
import { RefusedByIms, type ImsRefusal } from './ims-refusal.ts';
import { requestedMetascopes } from './metascopes.ts';
import {
  EXPIRED_ASSERTION,
  NO_MATCHING_BINDING,
  OTHER_ALGORITHM,
  OTHER_ENVIRONMENT,
  REPLAYED_JTI,
} from './refusals.ts';
import type { SeenJtis } from './seen-jtis.ts';

/** "IMS allows a time skew of 30 seconds" (aemcs-api-client-lib); a latest `exp` it does not know. */
const SKEW_SECONDS = 30;

/** Believes an assertion or refuses it, in IMS's order and words. */
export class AssertionCheck {
  readonly #seenJtis: SeenJtis;

  constructor(seenJtis: SeenJtis) {
    this.#seenJtis = seenJtis;
  }

  /** Gives the metascopes the client may have. */
  async metascopes(jwt: string, account: Account, origin: string, nowMs: number): Promise<readonly string[]> {
    const assertion = decodeAssertion(jwt);
    demand(assertion.alg === 'RS256', OTHER_ALGORITHM);
    demand(assertion.claims['aud'] === `${origin}/c/${account.clientId}`, OTHER_ENVIRONMENT);
    // A binding is one technical account in one organisation: with another name in it there is no key to match.
    const bound = assertion.iss === account.org && assertion.sub === account.technicalAccountId;
    demand(bound && (await isSignedByAccount(jwt, account, nowMs)), NO_MATCHING_BINDING);
    demand(assertion.expSeconds + SKEW_SECONDS > nowMs / 1000, EXPIRED_ASSERTION);
    const metascopes = requestedMetascopes(assertion.claims, origin, account.metascopes);
    const { jti, expSeconds } = assertion;
    const fresh = jti === undefined || this.#seenJtis.use(account.technicalAccountId, jti, expSeconds, nowMs);
    demand(fresh, REPLAYED_JTI);
    return metascopes;
  }
}

function demand(condition: boolean, otherwise: ImsRefusal): void {
  if (!condition) throw new RefusedByIms(otherwise);
}
