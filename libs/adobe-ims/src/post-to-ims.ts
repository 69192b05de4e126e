import { millis, type Clock, type Millis } from '#libs/tokens';

import {
  redirectFailure,
  throttledFailure,
  unavailableFailure,
  unreadableFailure,
} from './answer-failure.ts';
import { readBoundedBody } from './bounded-body.ts';
import type { ImsAnswer, ImsRequest } from './ims-answer.ts';
import { readImsHeaders } from './ims-headers.ts';
import { networkFailure, timeoutFailure } from './network-failure.ts';
import { quoteWithout } from './redact.ts';

interface PostLimits {
  readonly clock: Clock;
  /** How long the whole exchange may take; `signal` fires at its end. */
  readonly deadline: Millis;
  readonly signal: AbortSignal;
}

/**
 * One POST to IMS, its whole answer read.
 * @throws ExchangeFailure for everything that is neither a token nor a refusal.
 */
export async function postToIms(request: ImsRequest, limits: PostLimits): Promise<ImsAnswer> {
  const { clock, deadline, signal } = limits;
  const { origin } = request;
  const askedAt = clock.now();
  const start = clock.monotonic();
  const response = await send(request, signal).catch((error: unknown) => {
    throw signal.aborted ? timeoutFailure(deadline, origin) : networkFailure(error, origin);
  });
  const quote = quoteWithout(request.secrets);
  const took = millis(clock.monotonic() - start);
  const { status } = response;
  const headers = readImsHeaders(response.headers, { askedAt, took }, quote);
  const answer = { status, ...headers };

  // The status says it all: bodies of these are anything, HTML as a rule.
  const failure =
    status >= 500
      ? unavailableFailure(answer, request)
      : status === 429
        ? throttledFailure(answer)
        : status >= 300 && status < 400
          ? redirectFailure(answer, origin, quote(redirectTarget(response, origin)))
          : null;
  if (failure !== null) {
    await response.body?.cancel().catch(() => undefined);
    throw failure;
  }

  const text = await readBoundedBody(response).catch(() => {
    throw signal.aborted ? timeoutFailure(deadline, origin) : unreadableFailure(answer, origin, 'broke off');
  });
  if (text === null) throw unreadableFailure(answer, origin, 'is larger than any answer of IMS');
  const json = text === '' && status < 300 && request.mayAnswerNothing ? {} : jsonObject(text);
  if (json === null) throw unreadableFailure(answer, origin, 'is not a JSON object, or not all of one');
  return { ...answer, json, askedAt, answeredAt: clock.now(), quote };
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

/** Only the origin: paths and queries of a redirect may carry anything. */
function redirectTarget(response: Response, origin: string): string {
  const location = response.headers.get('location');
  if (location === null) return 'nowhere';
  return URL.parse(location, origin)?.origin ?? 'an unreadable address';
}

/** Not by the content type, which proxies get wrong. The parser's own error quotes the text, so it goes no further. */
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
