import { ExchangeFailure } from '#libs/tokens';

import { GRANTS } from '../grants/grant.ts';
import type { ImsHeaders, ImsRequest } from './ims-response.ts';

/** A response that is neither a token nor a refusal. */
interface OddResponse extends ImsHeaders {
  readonly status: number;
}

/** A redirect. IMS never sends one, and following it would send the credential's secrets to another host. */
export function redirectFailure(response: OddResponse, origin: string, target: string): ExchangeFailure {
  return new ExchangeFailure({
    code: 'ims_redirected',
    diagnosis:
      `${origin} answered with a redirect (HTTP ${response.status}) to ${target}, which the service did not follow. IMS ` +
      "does not redirect: check the credential's imsEndpoint, and look for a proxy or captive portal in between.",
    retryable: false,
    debugId: response.debugId,
  });
}

/** HTTP 429. */
export function throttledFailure(response: OddResponse): ExchangeFailure {
  return new ExchangeFailure({
    code: 'ims_throttled',
    diagnosis:
      'IMS throttles this client (HTTP 429): it received too many token requests. The service waits and tries again; ' +
      'if this lasts, look for other programs that use the same client id, and give each its own.',
    retryable: true,
    retryAfter: response.retryAfter,
    debugId: response.debugId,
  });
}

/** HTTP 5xx. */
export function unavailableFailure(response: OddResponse, { origin, grant }: ImsRequest): ExchangeFailure {
  return new ExchangeFailure({
    code: 'ims_unavailable',
    diagnosis:
      `IMS at ${origin} failed (HTTP ${response.status}). The service tries again; see status.adobe.com.` +
      (response.status === 500 ? GRANTS[grant].hintAt500 : ''),
    retryable: true,
    retryAfter: response.retryAfter,
    debugId: response.debugId,
  });
}

/** A response that is not IMS's JSON, or not all of it. */
export function unreadableFailure(response: OddResponse, origin: string, problem: string): ExchangeFailure {
  return new ExchangeFailure({
    code: 'ims_answer_unreadable',
    diagnosis:
      `The answer of ${origin} (HTTP ${response.status}) ${problem}. The service tries again; if this lasts, a proxy ` +
      'between this service and Adobe answers instead of IMS, or imsEndpoint is not an IMS.',
    retryable: true,
    debugId: response.debugId,
  });
}
