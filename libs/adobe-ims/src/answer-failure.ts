import { ExchangeFailure } from '#libs/tokens';

import type { ImsHeaders, ImsRequest } from './ims-answer.ts';

/** What is known of an answer that says neither token nor refusal. */
interface OddAnswer extends ImsHeaders {
  readonly status: number;
}

/** A redirect: IMS never sends one, and following it would hand our secrets to whoever did. */
export function redirectFailure(answer: OddAnswer, origin: string, target: string): ExchangeFailure {
  return new ExchangeFailure({
    code: 'ims_redirected',
    diagnosis:
      `${origin} answered with a redirect (HTTP ${answer.status}) to ${target}, which was not followed. IMS does not ` +
      "redirect: check the credential's imsEndpoint, and for a proxy or captive portal that answers in IMS's place.",
    retryable: false,
    debugId: answer.debugId,
  });
}

/** HTTP 429. */
export function throttledFailure(answer: OddAnswer): ExchangeFailure {
  return new ExchangeFailure({
    code: 'ims_throttled',
    diagnosis:
      'IMS throttles this client (HTTP 429): too many tokens were asked for lately. The service waits and tries again; ' +
      'if this lasts, look for other programs that use the same client id, and give each its own.',
    retryable: true,
    retryAfter: answer.retryAfter,
    debugId: answer.debugId,
  });
}

/** HTTP 5xx. */
export function unavailableFailure(answer: OddAnswer, request: ImsRequest): ExchangeFailure {
  const migrated =
    request.grant === 'jwt' && answer.status === 500
      ? ' If only this credential is affected and it lasts: IMS also answers so for a JWT credential that was migrated ' +
        'to OAuth Server-to-Server; then store the OAuth credential in its place.'
      : '';
  return new ExchangeFailure({
    code: 'ims_unavailable',
    diagnosis:
      `IMS at ${request.origin} has trouble of its own (HTTP ${answer.status}). It will be tried again; ` +
      `see status.adobe.com.${migrated}`,
    retryable: true,
    retryAfter: answer.retryAfter,
    debugId: answer.debugId,
  });
}

/** An answer that is not IMS's JSON, or not all of it. */
export function unreadableFailure(answer: OddAnswer, origin: string, problem: string): ExchangeFailure {
  return new ExchangeFailure({
    code: 'ims_answer_unreadable',
    diagnosis:
      `The answer of ${origin} (HTTP ${answer.status}) ${problem}. It will be tried again; if this lasts, ` +
      "something between this service and Adobe answers in IMS's place, such as a proxy, or imsEndpoint is no IMS.",
    retryable: true,
    debugId: answer.debugId,
  });
}
