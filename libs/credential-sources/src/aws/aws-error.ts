import { errorCode, printable } from '#libs/tokens';

/** In characters; AWS's longest is half of it. */
const MAX_CODE = 100;

/** The kinds of AWS errors that have a remedy or an effect of their own. */
export type AwsErrorKind =
  | 'region'
  | 'endpoint'
  | 'no-credentials'
  | 'expired'
  | 'not-accepted'
  | 'clock'
  | 'denied'
  | 'unsupported'
  | 'throttled'
  | 'unreachable'
  | 'server'
  /** AWS refused this one request: every other error that AWS itself answered. */
  | 'request'
  | 'unknown';

/**
 * Names from AWS's "Common Errors", the SDK and Node. Other implementations of the API use the short forms.
 */
const KINDS: ReadonlyMap<string, AwsErrorKind> = new Map(
  Object.entries({
    ERR_INVALID_URL: 'endpoint',
    CredentialsProviderError: 'no-credentials',
    TokenProviderError: 'no-credentials',
    ProviderError: 'no-credentials',
    ExpiredToken: 'expired',
    ExpiredTokenException: 'expired',
    UnrecognizedClientException: 'not-accepted',
    InvalidClientTokenId: 'not-accepted',
    InvalidAccessKeyId: 'not-accepted',
    InvalidSignatureException: 'not-accepted',
    SignatureDoesNotMatch: 'not-accepted',
    IncompleteSignature: 'not-accepted',
    IncompleteSignatureException: 'not-accepted',
    MissingAuthenticationToken: 'not-accepted',
    MissingAuthenticationTokenException: 'not-accepted',
    AuthFailure: 'not-accepted',
    RequestExpired: 'clock',
    RequestTimeTooSkewed: 'clock',
    RequestInTheFuture: 'clock',
    AccessDenied: 'denied',
    AccessDeniedException: 'denied',
    UnknownOperation: 'unsupported',
    UnknownOperationException: 'unsupported',
    InvalidAction: 'unsupported',
    NotImplemented: 'unsupported',
    Throttling: 'throttled',
    ThrottlingException: 'throttled',
    ThrottledException: 'throttled',
    TooManyRequestsException: 'throttled',
    RequestLimitExceeded: 'throttled',
    TimeoutError: 'unreachable',
    InternalServiceError: 'server',
    InternalServerError: 'server',
    InternalFailure: 'server',
    InternalError: 'server',
    ServiceUnavailable: 'server',
    ServiceUnavailableException: 'server',
  } satisfies Record<string, AwsErrorKind>),
);
/** Node's codes for sockets and DNS, and OpenSSL's for certificates. */
const NETWORK_CODE = /^(E[A-Z]+|EAI_[A-Z]+|[A-Z_]*CERT[A-Z_]*|UNABLE_TO_[A-Z_]+|ERR_(TLS|SSL|OSSL)_[A-Z_]+)$/;

/** An error of the AWS SDK without its message, which may quote a session token or a secret. */
interface AwsError {
  /** AWS's name for the error, or Node's code of a broken connection. */
  readonly code: string;
  readonly kind: AwsErrorKind;
}

/** Reads the code and the kind of an error that the AWS SDK threw. */
export function readAwsError(error: unknown): AwsError {
  if (!(error instanceof Error)) return { code: 'unknown error', kind: 'unknown' };
  if (error.message.startsWith('Region ')) return { code: 'no usable region', kind: 'region' };
  const isAnswer = '$fault' in error;
  const code = printableCode((isAnswer ? undefined : errorCode(error)) ?? error.name);
  const status = isAnswer ? httpStatus(error) : null;
  // LocalStack answers InternalFailure with this status for an action that it lacks.
  if (status === 501) return { code, kind: 'unsupported' };
  return { code, kind: KINDS.get(code) ?? kindByStatus(code, isAnswer, status) };
}

/** An error code as an endpoint answered it, safe to print. */
export const printableCode = (code: string): string => printable(code, MAX_CODE);

/** The kind of an error by its name alone, as the answer to a batch lists it for each secret. */
export const kindOfCode = (code: string): AwsErrorKind => KINDS.get(code) ?? 'request';

function kindByStatus(code: string, isAnswer: boolean, status: number | null): AwsErrorKind {
  if (!isAnswer) return NETWORK_CODE.test(code) ? 'unreachable' : 'unknown';
  if (status === 429) return 'throttled';
  return status !== null && status >= 500 ? 'server' : 'request';
}

function httpStatus(error: Error): number | null {
  const metadata: unknown = '$metadata' in error ? error.$metadata : null;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}
