import {
  ExchangeFailure,
  ImsClient,
  type AccessToken,
  type Clock,
  type Exchange,
  type ExchangeableCredential,
  type Millis,
} from '#libs/tokens';

import { exchangeAssertion } from './assertion-grant.ts';
import { exchangeClientSecret } from './client-secret-grant.ts';
import type { AskIms } from './ims-answer.ts';
import { postToIms } from './post-to-ims.ts';
import { invalidateToken } from './token-invalidation.ts';

/** Beyond this Node's timers fire at once. */
const MAX_TIMER_DELAY = 2 ** 31 - 1;

/** Adobe IMS over HTTPS, through the proxy of `HTTPS_PROXY` where `NODE_USE_ENV_PROXY` is set. Keeps nothing between exchanges. */
export class AdobeImsClient extends ImsClient {
  readonly #clock: Clock;

  constructor(parts: { readonly clock: Clock }) {
    super();
    this.#clock = parts.clock;
  }

  override exchange(credential: ExchangeableCredential, deadline: Millis): Promise<Exchange> {
    return this.#within(deadline, (ask) =>
      credential.kind === 'jwt'
        ? exchangeAssertion(credential, ask, this.#clock)
        : exchangeClientSecret(credential, ask),
    );
  }

  override invalidate(
    credential: ExchangeableCredential,
    token: AccessToken,
    deadline: Millis,
  ): Promise<void> {
    return this.#within(deadline, (ask) => invalidateToken(credential, token, ask));
  }

  /** @throws ExchangeFailure whatever goes wrong */
  async #within<T>(deadline: Millis, work: (ask: AskIms) => Promise<T>): Promise<T> {
    try {
      // Node takes whole milliseconds only; a deadline that is a share of a token's life may be a fraction.
      const signal = AbortSignal.timeout(Math.min(MAX_TIMER_DELAY, Math.max(0, Math.ceil(deadline))));
      return await work((request) => postToIms(request, { clock: this.#clock, deadline, signal }));
    } catch (error) {
      if (error instanceof ExchangeFailure) throw error;
      throw new ExchangeFailure({
        code: 'exchange_internal_error',
        diagnosis: 'The service itself failed at this exchange; the log has the details. Please report it.',
        retryable: true,
        cause: error,
      });
    }
  }
}
