import type { CredentialProblem } from '../model/credential.ts';
import { ExchangeFailure } from '../model/exchange-failure.ts';

/** The client for IMS missed the deadline that it was given. */
export const neverAnswered = (): ExchangeFailure =>
  new ExchangeFailure({
    code: 'ims_timeout',
    diagnosis:
      'Adobe IMS did not answer in time. Check the way to it (DNS, proxy, firewall) and its status page.',
    retryable: true,
  });

/** IMS issued a token that has expired on arrival. It must not replace one that callers can use. */
export const unusableToken = (): ExchangeFailure =>
  new ExchangeFailure({
    code: 'ims_token_unusable',
    diagnosis:
      'Adobe IMS issued a token that has expired, or will within a second. Check the clock of this machine (NTP).',
    retryable: true,
  });

/** The document cannot be exchanged. */
export const brokenDocument = ({ code, diagnosis }: CredentialProblem): ExchangeFailure =>
  new ExchangeFailure({ code, diagnosis, retryable: false });

/**
 * Turns any error into an ExchangeFailure. An adapter that throws another error has a defect, which costs
 * this credential one attempt and no other credential anything.
 */
export function asExchangeFailure(error: unknown): ExchangeFailure {
  return error instanceof ExchangeFailure
    ? error
    : new ExchangeFailure({
        code: 'exchange_internal_error',
        diagnosis: 'The service itself failed at this exchange; the log has the details. Please report it.',
        retryable: true,
        cause: error,
      });
}
