import type { AccessToken } from '../model/access-token.ts';
import type { ExchangeableCredential } from '../model/credential.ts';
import type { Millis } from '../model/units.ts';

/** The result of a successful exchange. */
export interface Exchange {
  readonly token: AccessToken;
  /** IMS's clock minus this machine's, from the `Date` header (to the second); null where IMS sent none. */
  readonly clockSkew: Millis | null;
}

/** Adobe IMS as the refreshing side needs it: it exchanges a credential for an access token. */
export abstract class ImsClient {
  /**
   * Exchanges a credential for a new access token. Earlier tokens of the credential stay valid.
   * @param deadline for the whole call, the client's own retries included; then it fails with `ims_timeout`
   * @throws ExchangeFailure and no other error
   */
  abstract exchange(credential: ExchangeableCredential, deadline: Millis): Promise<Exchange>;

  /**
   * Asks whether IMS accepts a token.
   * @param credential that minted the token
   * @throws ExchangeFailure where IMS does not say, and no other error
   */
  abstract validate(
    credential: ExchangeableCredential,
    token: AccessToken,
    deadline: Millis,
  ): Promise<boolean>;

  /**
   * Invalidates a token before its expiry: IMS refuses it afterwards. A token that IMS refuses already is a
   * success.
   * @param credential that minted the token
   * @throws ExchangeFailure and no other error
   */
  abstract invalidate(
    credential: ExchangeableCredential,
    token: AccessToken,
    deadline: Millis,
  ): Promise<void>;
}
