import type { CredentialProblemCode } from './credential.ts';
import type { Millis } from './units.ts';

/**
 * Every way an exchange at IMS can fail, as status, logs and metrics name it. `docs/errors.md` explains each.
 */
export const EXCHANGE_FAILURE_CODES = [
  'ims_unreachable',
  'ims_timeout',
  'ims_throttled',
  'ims_unavailable',
  'ims_redirected',
  'ims_answer_unreadable',
  'ims_token_unusable',
  'ims_invalid_client_id',
  'ims_invalid_client_secret',
  'ims_invalid_client',
  'ims_unauthorized_client',
  'ims_certificate_expired',
  'ims_certificate_not_yet_valid',
  'ims_certificate_unknown',
  'ims_assertion_expired',
  'ims_assertion_invalid',
  'ims_assertion_replayed',
  'ims_invalid_scope',
  'ims_refused',
  'exchange_internal_error',
] as const;

export type ExchangeFailureCode = (typeof EXCHANGE_FAILURE_CODES)[number];

interface ExchangeFailureDetails {
  /** The code of the document's problem where it could not be exchanged. */
  readonly code: ExchangeFailureCode | CredentialProblemCode;
  /** The cause and the remedy, free of secrets. */
  readonly diagnosis: string;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** IMS's own `Retry-After`, where it sent one. */
  readonly retryAfter?: Millis | undefined;
  /** IMS's `x-debug-id`, for Adobe's support. */
  readonly debugId?: string | undefined;
  readonly cause?: unknown;
}

/** IMS issued no token. Carries a diagnosis with the remedy, and whether waiting may help. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  readonly code: ExchangeFailureCode | CredentialProblemCode;
  readonly diagnosis: string;
  readonly retryable: boolean;
  readonly retryAfter: Millis | null;
  readonly debugId: string | null;

  constructor(details: ExchangeFailureDetails) {
    super(`${details.code}: ${details.diagnosis}`, { cause: details.cause });
    this.code = details.code;
    this.diagnosis = details.diagnosis;
    this.retryable = details.retryable;
    this.retryAfter = details.retryAfter ?? null;
    this.debugId = details.debugId ?? null;
  }
}
