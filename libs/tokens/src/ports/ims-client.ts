import type { AccessToken } from '../model/access-token.ts';
import type { ExchangeableCredential } from '../model/credential.ts';
import type { Millis } from '../model/units.ts';

/** What a successful exchange yields. */
export interface Exchange {
  readonly token: AccessToken;
  /** IMS's clock minus ours, from its `Date` header (to the second); null where it sent none. */
  readonly clockSkew: Millis | null;
}

/** Adobe IMS, as the write side needs it: a credential goes in, an access token comes out. */
export abstract class ImsClient {
  /**
   * Trades a credential for a new access token. Earlier tokens of the same credential stay valid.
   * @param deadline how long it may take in all, every retry of its own included; then it fails with `ims_timeout`
   * @throws ExchangeFailure and nothing else.
   */
  abstract exchange(credential: ExchangeableCredential, deadline: Millis): Promise<Exchange>;

  /**
   * Takes a token back before its time. Once it did, IMS refuses that token; one it refuses already changes nothing.
   * @param credential that the token was minted with
   * @throws ExchangeFailure and nothing else.
   */
  abstract invalidate(
    credential: ExchangeableCredential,
    token: AccessToken,
    deadline: Millis,
  ): Promise<void>;
}
