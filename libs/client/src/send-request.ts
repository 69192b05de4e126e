/** One request to a token service. */
interface ServiceRequest {
  readonly url: string | URL;
  /** The caller's key or OIDC token, sent as the bearer token. */
  readonly callerToken: string;
  /** Default: GET without a body, POST with one. */
  readonly method?: string | undefined;
  /** JSON. */
  readonly body?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly signal: AbortSignal;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** The response of a token service, of any status. */
export interface ServiceResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Sends one request to a token service, without a cache and without a retry.
 * @throws the error of `fetch`, or the reason of the signal
 */
export async function sendRequest(request: ServiceRequest): Promise<ServiceResponse> {
  const {
    url,
    callerToken,
    body,
    method = body === undefined ? 'GET' : 'POST',
    ifNoneMatch,
    signal,
  } = request;
  const fetch = request.fetch ?? globalThis.fetch;
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${callerToken}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
    },
    // The target of a redirect must not receive the key.
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** The seconds of a `Retry-After` header; null without one, and for the header's other form, a date. */
export function retryAfter(headers: Headers): number | null {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(seconds) ? Number(seconds) : null;
}
