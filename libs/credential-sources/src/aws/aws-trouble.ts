/** What an error of the AWS SDK is about, as far as we act on it differently. */
export type AwsTrouble =
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
  /** Everything else that the service itself answers: it is about what was asked for. */
  | 'request'
  | 'unknown';

/** By the names that AWS's "Common Errors", SDK and Node give them; other implementations use the short forms. */
const TROUBLES: ReadonlyMap<string, AwsTrouble> = new Map(
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
  } satisfies Record<string, AwsTrouble>),
);
/** Node's for sockets and DNS, and OpenSSL's for certificates. */
const NETWORK_CODE = /^(E[A-Z]+|EAI_[A-Z]+|[A-Z_]*CERT[A-Z_]*|UNABLE_TO_[A-Z_]+|ERR_(TLS|SSL|OSSL)_[A-Z_]+)$/;

/** An error of the SDK: the name to show people, and what it is about. */
export function readAwsError(error: unknown): { readonly code: string; readonly trouble: AwsTrouble } {
  if (!(error instanceof Error)) return { code: 'unknown error', trouble: 'unknown' };
  if (error.message.startsWith('Region ')) return { code: 'no usable region', trouble: 'region' };
  const isAnswer = '$fault' in error;
  const code = !isAnswer && 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const status = isAnswer ? httpStatus(error) : null;
  // LocalStack's InternalFailure for an action it lacks.
  if (status === 501) return { code, trouble: 'unsupported' };
  return { code, trouble: TROUBLES.get(code) ?? byKind(code, isAnswer, status) };
}

/** What the name of an error, as a batch's answer has them one by one, is about. */
export const troubleOf = (code: string): AwsTrouble => TROUBLES.get(code) ?? 'request';

function byKind(code: string, isAnswer: boolean, status: number | null): AwsTrouble {
  if (!isAnswer) return NETWORK_CODE.test(code) ? 'unreachable' : 'unknown';
  if (status === 429) return 'throttled';
  return status !== null && status >= 500 ? 'server' : 'request';
}

function httpStatus(error: Error): number | null {
  const metadata: unknown = '$metadata' in error ? error.$metadata : null;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}
