import { isLoopback, type ClientSettings } from './client-options.ts';
import type { CachedToken } from './cached-token.ts';
import type { RejectedTokens } from './rejected-tokens.ts';
import type { TokenCache } from './token-cache.ts';

type FetchInput = string | URL | Request;

/**
 * Adds the token to requests of `fetch`. After a 401 it sends the request once more with a replacement, if
 * there is one.
 */
export function authorizedFetch(
  settings: ClientSettings,
  cache: TokenCache,
  rejected: RejectedTokens,
): typeof globalThis.fetch {
  return async (input, init) => {
    const target = targetOf(input);
    const headers = new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined));
    if (headers.has('authorization') || settings.withoutToken(target)) return settings.fetch(input, init);
    if (!isLoopback(target) && !settings.isAllowedHost(target.hostname))
      throw new TypeError(
        `The client sends no token to ${target.hostname}: add the host to allowedHosts, or set withoutToken.`,
      );
    if (target.protocol !== 'https:' && !isLoopback(target) && !settings.allowHttp)
      throw new TypeError(
        `The client sends no token to ${target.origin} over plain HTTP: use https, or set allowHttp or withoutToken.`,
      );
    const signal = init?.signal ?? (isRequest(input) ? input.signal : undefined);
    const send = (token: CachedToken): Promise<Response> => {
      headers.set('authorization', `Bearer ${token.value}`);
      return settings.fetch(input, { ...init, headers });
    };
    const token = await cache.get({ signal });
    const response = await send(token);
    if (response.status !== 401 || wasRedirected(response, target)) return response;
    const replacement = await rejected.replace(token.value, signal);
    if (replacement === null || !canResend(input, init)) return response;
    await response.body?.cancel();
    return send(replacement);
  };
}

/** Does not use `instanceof`: requests of other realms and of the package `undici` have another class. */
const isRequest = (input: FetchInput): input is Request => typeof input === 'object' && 'headers' in input;

const targetOf = (input: FetchInput): URL => new URL(isRequest(input) ? input.url : input);

/**
 * `fetch` removes the token when it is redirected to another origin, so a 401 there does not reject the
 * token.
 */
const wasRedirected = (response: Response, target: URL): boolean =>
  response.redirected && new URL(response.url).origin !== target.origin;

/** Whether the body can be sent twice. A stream cannot. */
function canResend(input: FetchInput, init: RequestInit | undefined): boolean {
  const body: unknown = init?.body ?? (isRequest(input) ? input.body : null);
  return (
    body === null ||
    typeof body === 'string' ||
    body instanceof URLSearchParams ||
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body)
  );
}
