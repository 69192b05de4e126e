import { callerCredential } from './caller-credential.ts';
import type { ClientSettings } from './client-options.ts';
import { CachedToken } from './cached-token.ts';
import { errorResponse, unreachable, unreadable } from './response-errors.ts';
import { retryAfter, sendRequest, type ServiceResponse } from './send-request.ts';
import { TokenServiceError } from './token-service-error.ts';
import { monotonicNow, timeoutError, waitFor } from './waiting.ts';

/** Milliseconds for one request. A shorter `timeoutMs` applies in its place. */
const REQUEST_TIMEOUT = 5_000;

interface TimedResponse extends ServiceResponse {
  /** The start of the request, in milliseconds of the monotonic clock. */
  readonly since: number;
}

interface ServiceRequest {
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
  readonly ifNoneMatch?: string;
  /** Milliseconds of the long-poll, added to the timeout. */
  readonly wait?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The requests to the token service, each with a timeout. All methods throw `TokenServiceError`. */
export class TokenRequests {
  readonly #settings: ClientSettings;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  async current(): Promise<CachedToken> {
    return toToken(await this.#request({}));
  }

  /** Waits up to `seconds` for another token than the given one. Returns `null` if there is none. */
  async changed(
    sha256: string,
    seconds: number,
    signal: AbortSignal | undefined,
  ): Promise<CachedToken | null> {
    const request = { path: `?wait=${seconds}`, ifNoneMatch: `W/"${sha256}"`, wait: seconds * 1000, signal };
    const response = await this.#request(request);
    // The service sends the response when the token changes, so its times count from now and not from the
    // request.
    return response.status === 304 ? null : toToken({ ...response, since: monotonicNow() });
  }

  /** Reports a token as rejected. Returns its replacement, or the seconds after which to request it. */
  async report(sha256: string): Promise<CachedToken | number> {
    const body = JSON.stringify({ token_sha256: sha256 });
    const response = await this.#request({ path: '/refresh', method: 'POST', body });
    return response.status === 202 ? (retryAfter(response.headers) ?? 1) : toToken(response);
  }

  /**
   * A GET is sent once more at once where this replica has no token: on a new connection, another may answer.
   */
  async #request(request: ServiceRequest): Promise<TimedResponse> {
    try {
      return await this.#requestOnce(request);
    } catch (error) {
      const isWorthwhile = request.method === undefined && isReplicaWithoutToken(error);
      if (!isWorthwhile) throw error;
      return this.#requestOnce(request);
    }
  }

  async #requestOnce(request: ServiceRequest): Promise<TimedResponse> {
    const { signal, wait = 0 } = request;
    const ms = Math.min(REQUEST_TIMEOUT, this.#settings.timeoutMs) + wait;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(timeoutError()), ms);
    const abort = (): void => controller.abort(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const callerToken = await waitFor(callerCredential(this.#settings.auth), ms, controller.signal);
      const response = await this.#send(request, callerToken, controller.signal);
      if (response.status !== 304 && (response.status < 200 || response.status >= 300))
        throw errorResponse(
          response.status,
          retryAfter(response.headers),
          response.body.replaceAll(callerToken, '[key]'),
        );
      return response;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  async #send(request: ServiceRequest, callerToken: string, signal: AbortSignal): Promise<TimedResponse> {
    const { path = '', method, body, ifNoneMatch } = request;
    const since = monotonicNow();
    try {
      const { fetch, tokenUrl } = this.#settings;
      const url = `${tokenUrl.href}${path}`;
      const response = await sendRequest({ url, callerToken, method, body, ifNoneMatch, signal, fetch });
      return { ...response, since };
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(this.#settings.tokenUrl, error);
    }
  }
}

/** The service answers these with `Connection: close`. */
const isReplicaWithoutToken = (error: unknown): boolean =>
  error instanceof TokenServiceError &&
  (error.code === 'token_expired' || error.code === 'token_unavailable');

function toToken({ body, since }: TimedResponse): CachedToken {
  const { access_token: token, expires_in: expiresIn, refresh_in: refreshIn } = parse(body);
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw unreadable();
  if (typeof expiresIn !== 'number' || typeof refreshIn !== 'number') throw unreadable();
  if (!(expiresIn > 0 && refreshIn > 0)) throw unreadable();
  return new CachedToken(token, { expiresIn, refreshIn, since });
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // The same error as for other JSON. The error must not quote the response.
  }
  throw unreadable();
}
