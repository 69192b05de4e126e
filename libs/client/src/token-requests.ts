import { callerCredential } from './caller-credential.ts';
import type { ClientSettings } from './client-options.ts';
import { HeldToken } from './held-token.ts';
import { refusal, unreachable, unreadable } from './refusals.ts';
import { monotonicNow, timeout, waitFor } from './waiting.ts';

/** One request takes no longer than this, whatever the callers' patience. */
const REQUEST_TIMEOUT = 5_000;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** When the request began, on the monotonic clock. */
  readonly since: number;
}

interface Asking {
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
  readonly ifNoneMatch?: string;
  /** Milliseconds that the service itself may take, by arrangement. */
  readonly wait?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What is asked of the token service: each one request, with a deadline. They throw TokenServiceError. */
export class TokenRequests {
  readonly #settings: ClientSettings;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  /** The current token. */
  async current(): Promise<HeldToken> {
    return toToken(await this.#ask({}));
  }

  /** The current token once it is another than that one; null if none came within `seconds`. */
  async changed(sha256: string, seconds: number, signal: AbortSignal | undefined): Promise<HeldToken | null> {
    const asking = { path: `?wait=${seconds}`, ifNoneMatch: `W/"${sha256}"`, wait: seconds * 1000, signal };
    const answer = await this.#ask(asking);
    // The answer was written when the token changed, not when it was asked for.
    return answer.status === 304 ? null : toToken({ ...answer, since: monotonicNow() });
  }

  /** Reports a token as rejected: the one to use now, or the seconds after which to ask for it. */
  async report(sha256: string): Promise<HeldToken | number> {
    const body = JSON.stringify({ token_sha256: sha256 });
    const answer = await this.#ask({ path: '/refresh', method: 'POST', body });
    return answer.status === 202 ? (retryAfter(answer.headers) ?? 1) : toToken(answer);
  }

  async #ask(asking: Asking): Promise<Answer> {
    const { signal, wait = 0 } = asking;
    const ms = Math.min(REQUEST_TIMEOUT, this.#settings.timeoutMs) + wait;
    const request = new AbortController();
    const timer = setTimeout(() => request.abort(timeout()), ms);
    const abort = (): void => request.abort(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const own = await waitFor(callerCredential(this.#settings.auth), ms, request.signal);
      const answer = await this.#send(asking, own, request.signal);
      if (answer.status !== 304 && (answer.status < 200 || answer.status >= 300))
        throw refusal(answer.status, retryAfter(answer.headers), answer.body.replaceAll(own, '[key]'));
      return answer;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  async #send(asking: Asking, own: string, signal: AbortSignal): Promise<Answer> {
    const { path = '', method = 'GET', body, ifNoneMatch } = asking;
    const since = monotonicNow();
    try {
      const response = await this.#settings.fetch(`${this.#settings.tokenUrl.href}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${own}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
        },
        // Whoever redirects must not get the key.
        redirect: 'manual',
        signal,
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.status, headers: response.headers, body: await response.text(), since };
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(this.#settings.tokenUrl, error);
    }
  }
}

function retryAfter(headers: Headers): number | null {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(seconds) ? Number(seconds) : null;
}

function toToken({ body, since }: Answer): HeldToken {
  const { access_token: token, expires_in: expiresIn, refresh_in: refreshIn } = parse(body);
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw unreadable();
  if (typeof expiresIn !== 'number' || typeof refreshIn !== 'number') throw unreadable();
  if (!(expiresIn > 0 && refreshIn > 0)) throw unreadable();
  return new HeldToken(token, { expiresIn, refreshIn, since });
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // As unreadable as JSON of another kind; what it says must not get into an error.
  }
  throw unreadable();
}
