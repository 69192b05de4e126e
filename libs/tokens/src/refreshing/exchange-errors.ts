import type { CredentialProblem } from '../model/credential.ts';
import { ExchangeFailure } from '../model/exchange-failure.ts';

/** The client for IMS did not keep to the deadline it was given. */
export const neverAnswered = (): ExchangeFailure =>
  new ExchangeFailure({
    code: 'ims_timeout',
    diagnosis:
      'Adobe IMS did not answer in time. Check the way to it (DNS, proxy, firewall) and its status page.',
    retryable: true,
  });

/** A token that is over on arrival would take the place of one that is still good. */
export const unusableToken = (): ExchangeFailure =>
  new ExchangeFailure({
    code: 'ims_token_unusable',
    diagnosis:
      'Adobe IMS issued a token that has expired, or will within a second. Check the clock of this machine (NTP).',
    retryable: true,
  });

/** There is nothing to exchange: the document itself is at fault. */
export const brokenDocument = ({ code, diagnosis }: CredentialProblem): ExchangeFailure =>
  new ExchangeFailure({ code, diagnosis, retryable: false });

/** What an adapter throws against its port's word is a defect; it must cost this credential an attempt and no other anything. */
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
