import { millis, type Clock, type Millis } from '#libs/tokens';

import { readBoundedBody } from './bounded-body.ts';
import { readImsHeaders } from './ims-headers.ts';
import type { ImsRequest, ImsResponse } from './ims-response.ts';
import { networkFailure, timeoutFailure } from './network-failure.ts';
import { redactorFor } from './redact.ts';
import {
  redirectFailure,
  throttledFailure,
  unavailableFailure,
  unreadableFailure,
} from './response-failure.ts';

interface PostLimits {
  readonly clock: Clock;
  /** How long the whole exchange may take; `signal` aborts at its end. */
  readonly deadline: Millis;
  readonly signal: AbortSignal;
}

/**
 * Sends one POST to IMS and reads its whole response.
 * @throws ExchangeFailure for every response but a token or a refusal, and for none
 */
export async function postToIms(request: ImsRequest, limits: PostLimits): Promise<ImsResponse> {
  const { clock, deadline, signal } = limits;
  const { origin } = request;
  const sentAt = clock.now();
  const start = clock.monotonic();
  const response = await send(request, signal).catch((error: unknown) => {
    throw signal.aborted ? timeoutFailure(deadline, origin) : networkFailure(error, origin);
  });
  const redact = redactorFor(request.secrets);
  const took = millis(clock.monotonic() - start);
  const { status } = response;
  const head = { status, ...readImsHeaders(response.headers, { sentAt, took }, redact) };

  // The status is enough: the body of such a response is usually HTML.
  const failure =
    status >= 500
      ? unavailableFailure(head, request)
      : status === 429
        ? throttledFailure(head)
        : status >= 300 && status < 400
          ? redirectFailure(head, origin, redact(redirectTarget(response, origin)))
          : null;
  if (failure !== null) {
    await response.body?.cancel().catch(() => undefined);
    throw failure;
  }

  const text = await readBoundedBody(response).catch(() => {
    throw signal.aborted ? timeoutFailure(deadline, origin) : unreadableFailure(head, origin, 'broke off');
  });
  if (text === null) throw unreadableFailure(head, origin, 'is larger than any answer of IMS');
  const json = text === '' && status < 300 && request.allowsEmptyBody ? {} : jsonObject(text);
  if (json === null) throw unreadableFailure(head, origin, 'is not a JSON object, or not all of one');
  return { ...head, json, sentAt, receivedAt: clock.now(), redact };
}

function send({ origin, path, form }: ImsRequest, signal: AbortSignal): Promise<Response> {
  return fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { accept: 'application/json', 'cache-control': 'no-cache', 'user-agent': 'ims-token-service' },
    body: new URLSearchParams(form),
    redirect: 'manual',
    signal,
  });
}

/** The origin alone: the path and the query of a redirect may contain secrets. */
function redirectTarget(response: Response, origin: string): string {
  const location = response.headers.get('location');
  if (location === null) return 'nowhere';
  return URL.parse(location, origin)?.origin ?? 'an unreadable address';
}

/** Ignores the content type, which proxies get wrong, and the parser's error, which quotes the text. */
function jsonObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
