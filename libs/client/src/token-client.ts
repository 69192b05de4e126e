import { authorizedFetch } from './authorized-fetch.ts';
import { toSettings, type TokenClientOptions } from './client-options.ts';
import { RejectedTokens } from './rejected-tokens.ts';
import { TokenCache } from './token-cache.ts';
import { TokenRequests } from './token-requests.ts';
import { watchTokens } from './watch-tokens.ts';

export interface GetTokenOptions {
  /** Ends the wait of this call only. Other callers keep waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds for which the token must still be valid. Default: enough to reach AEM. */
  readonly minTtl?: number | undefined;
}

/** Gets the token of one credential from the token service. Its functions do not use `this`. */
export interface TokenClient {
  /**
   * Returns the current access token: from memory, or from the service if there is none or a newer one is
   * due.
   * @throws TokenServiceError if there is none within `timeoutMs`, or the signal's reason
   */
  readonly getToken: (options?: GetTokenOptions) => Promise<string>;
  /**
   * `fetch` with the token in `Authorization`. After a 401 it reports the token and sends the request once
   * more.
   */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Reports a token that AEM answered with a 401, for callers that do not use `fetch`. Returns the
   * replacement, or `null` if there is none yet.
   * @throws the signal's reason
   */
  readonly reportRejected: (
    token: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ) => Promise<string | null>;
  /**
   * Yields the current token, and each new one as soon as the service has it. Ends without an error when the
   * signal aborts.
   * @throws TokenServiceError if a retry cannot succeed
   */
  readonly watch: (options?: {
    readonly signal?: AbortSignal | undefined;
  }) => AsyncGenerator<string, void, undefined>;
}

/**
 * Creates a client for one credential. It sends no request until it is used, and does not need to be closed.
 * @throws TypeError for an invalid option
 */
export function createTokenClient(options: TokenClientOptions): TokenClient {
  const settings = toSettings(options);
  const requests = new TokenRequests(settings);
  const cache = new TokenCache(requests, settings);
  const rejected = new RejectedTokens(requests, cache, settings);
  return {
    getToken: async (wanted) => (await cache.get(wanted)).value,
    fetch: authorizedFetch(settings, cache, rejected),
    reportRejected: async (token, { signal } = {}) => (await rejected.replace(token, signal))?.value ?? null,
    watch: ({ signal } = {}) => watchTokens(settings, cache, requests, signal),
  };
}
