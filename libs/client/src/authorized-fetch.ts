import { isLoopback, type ClientSettings } from './client-options.ts';
import type { HeldToken } from './held-token.ts';
import type { RejectedTokens } from './rejected-tokens.ts';
import type { TokenKeeper } from './token-keeper.ts';

type FetchInput = string | URL | Request;

/** `fetch` that brings the token along, and on a 401 tries once more with another one, if there is another one. */
export function authorizedFetch(
  settings: ClientSettings,
  keeper: TokenKeeper,
  rejected: RejectedTokens,
): typeof globalThis.fetch {
  return async (input, init) => {
    const target = targetOf(input);
    const headers = new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined));
    if (headers.has('authorization') || settings.withoutToken(target)) return settings.fetch(input, init);
    if (target.protocol !== 'https:' && !isLoopback(target) && !settings.allowHttp)
      throw new TypeError(
        `No token is sent to ${target.origin} over plain HTTP: use https, or set allowHttp or withoutToken.`,
      );
    const signal = init?.signal ?? (isRequest(input) ? input.signal : undefined);
    const send = (token: HeldToken): Promise<Response> => {
      headers.set('authorization', `Bearer ${token.value}`);
      return settings.fetch(input, { ...init, headers });
    };
    const token = await keeper.get({ signal });
    const response = await send(token);
    if (response.status !== 401 || wasSentElsewhere(response, target)) return response;
    const other = await rejected.replace(token.value, signal);
    if (other === null || !canBeSentAgain(input, init)) return response;
    await response.body?.cancel();
    return send(other);
  };
}

/** Requests of other realms and of the package `undici` are no instances of the global one. */
const isRequest = (input: FetchInput): input is Request => typeof input === 'object' && 'headers' in input;

const targetOf = (input: FetchInput): URL => new URL(isRequest(input) ? input.url : input);

/** `fetch` takes the token off when it is redirected to another origin: what is refused there is no token of ours. */
const wasSentElsewhere = (response: Response, target: URL): boolean =>
  response.redirected && new URL(response.url).origin !== target.origin;

/** Streams are gone once they are sent. */
function canBeSentAgain(input: FetchInput, init: RequestInit | undefined): boolean {
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
