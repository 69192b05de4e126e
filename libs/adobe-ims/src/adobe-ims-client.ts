import {
  ExchangeFailure,
  ImsClient,
  type AccessToken,
  type Clock,
  type Exchange,
  type ExchangeableCredential,
  type Millis,
} from '#libs/tokens';

import type { CredentialOf, GrantKind } from './grants/grant.ts';
import type { SendToIms } from './http/ims-response.ts';
import { postToIms } from './http/post-to-ims.ts';
import { exchangeAssertion } from './operations/exchange-assertion.ts';
import { exchangeClientSecret } from './operations/exchange-client-secret.ts';
import { invalidateToken } from './operations/invalidate-token.ts';
import { validateToken } from './operations/validate-token.ts';

/** In milliseconds. With a longer delay Node's timers fire at once. */
const MAX_TIMER_DELAY = 2 ** 31 - 1;

const EXCHANGES: {
  readonly [K in GrantKind]: (
    credential: CredentialOf<K>,
    send: SendToIms,
    clock: Clock,
  ) => Promise<Exchange>;
} = { jwt: exchangeAssertion, oauth: exchangeClientSecret };

const exchangeFor = <K extends GrantKind>(
  credential: CredentialOf<K>,
  send: SendToIms,
  clock: Clock,
): Promise<Exchange> => EXCHANGES[credential.kind](credential, send, clock);

/**
 * Adobe IMS over HTTPS, through the proxy of Node's global dispatcher where the process has set one. It keeps
 * no tokens.
 */
export class AdobeImsClient extends ImsClient {
  readonly #clock: Clock;

  constructor(parts: { readonly clock: Clock }) {
    super();
    this.#clock = parts.clock;
  }

  override exchange(credential: ExchangeableCredential, deadline: Millis): Promise<Exchange> {
    return this.#withDeadline(deadline, (send) => exchangeFor(credential, send, this.#clock));
  }

  override validate(
    credential: ExchangeableCredential,
    token: AccessToken,
    deadline: Millis,
  ): Promise<boolean> {
    return this.#withDeadline(deadline, (send) => validateToken(credential, token, send));
  }

  override invalidate(
    credential: ExchangeableCredential,
    token: AccessToken,
    deadline: Millis,
  ): Promise<void> {
    return this.#withDeadline(deadline, (send) => invalidateToken(credential, token, send));
  }

  /** @throws ExchangeFailure for every error, also for a defect of this library */
  async #withDeadline<T>(deadline: Millis, work: (send: SendToIms) => Promise<T>): Promise<T> {
    try {
      // Node accepts whole milliseconds only, and a deadline that is a share of a token's lifetime may be a
      // fraction.
      const signal = AbortSignal.timeout(Math.min(MAX_TIMER_DELAY, Math.max(0, Math.ceil(deadline))));
      return await work((request) => postToIms(request, { clock: this.#clock, deadline, signal }));
    } catch (error) {
      if (error instanceof ExchangeFailure) throw error;
      throw new ExchangeFailure({
        code: 'exchange_internal_error',
        diagnosis:
          'The exchange failed by a defect of the service; the log has the details. Please report it.',
        retryable: true,
        cause: error,
      });
    }
  }
}
