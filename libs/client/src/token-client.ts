import { authorizedFetch } from './authorized-fetch.ts';
import { toSettings, type TokenClientOptions } from './client-options.ts';
import { RejectedTokens } from './rejected-tokens.ts';
import { TokenKeeper } from './token-keeper.ts';
import { TokenRequests } from './token-requests.ts';
import { watchTokens } from './watch-tokens.ts';

export interface GetTokenOptions {
  /** Ends the waiting of this call, not the work for others. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds of life that the token must have left. Default: enough to reach AEM. */
  readonly minTtl?: number | undefined;
}

/** One credential's token, as a token service hands it out. Its functions need no `this`. */
export interface TokenClient {
  /**
   * The access token to use now: from memory, and from the service when there is none or a newer one is due.
   * @throws TokenServiceError where there is none within `timeoutMs`, or the signal's reason
   */
  readonly getToken: (options?: GetTokenOptions) => Promise<string>;
  /** `fetch` with the token in `Authorization`; on a 401 the token is reported and the request sent once more. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * For those who call AEM by other means than `fetch`: reports a token that AEM answered with a 401. The token to use
   * now; null where there is no other (yet). @throws the signal's reason
   */
  readonly reportRejected: (
    token: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ) => Promise<string | null>;
  /**
   * The current token and each that follows it, as soon as it is there. Ends, without an error, when the signal aborts.
   * @throws TokenServiceError where asking again does not help
   */
  readonly watch: (options?: {
    readonly signal?: AbortSignal | undefined;
  }) => AsyncGenerator<string, void, undefined>;
}

/**
 * A client for one credential. Nothing runs in the background until somebody asks, and nothing has to be closed.
 * @throws TypeError where an option can't be used
 */
export function createTokenClient(options: TokenClientOptions): TokenClient {
  const settings = toSettings(options);
  const requests = new TokenRequests(settings);
  const keeper = new TokenKeeper(requests, settings);
  const rejected = new RejectedTokens(requests, keeper, settings);
  return {
    getToken: async (wanted) => (await keeper.get(wanted)).value,
    fetch: authorizedFetch(settings, keeper, rejected),
    reportRejected: async (token, { signal } = {}) => (await rejected.replace(token, signal))?.value ?? null,
    watch: ({ signal } = {}) => watchTokens(settings, keeper, requests, signal),
  };
}
