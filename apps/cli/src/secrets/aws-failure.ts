import { CommandFailure } from '../command-failure.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

interface Verdict {
  readonly exitCode: ExitCode;
  readonly remedy: string;
}

const NOT_ACCEPTED =
  /^(UnrecognizedClient|Invalid(ClientTokenId|AccessKeyId|Signature)|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|AuthFailure|ExpiredToken|Request(Expired|TimeTooSkewed|InTheFuture))/;
const THROTTLED = /^(Thrott|TooManyRequests|RequestLimitExceeded)/;

/**
 * A call to Secrets Manager that failed, with AWS's name for it and what to do. AWS's own message is left out: some
 * quote the session token.
 * @param action as IAM names it, without `secretsmanager:`
 */
export function awsFailure(action: string, secret: string, error: unknown): CommandFailure {
  const code = codeOf(error);
  const { exitCode, remedy } = judge(action, secret, code, error);
  const diagnosis = `AWS Secrets Manager: ${action} of ${secret} failed (${code}). ${remedy}`;
  return new CommandFailure({ code: 'aws_failed', diagnosis, exitCode, cause: error });
}

/** An answer has AWS's name for the error, a broken connection the system's code. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error.message.startsWith('Region ')) return 'no region';
  return !isAnswer(error) && 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

const isAnswer = (error: unknown): boolean => error instanceof Error && '$fault' in error;
const isServersFault = (error: unknown): boolean =>
  error instanceof Error && '$fault' in error && error.$fault === 'server';

function judge(action: string, secret: string, code: string, error: unknown): Verdict {
  if (code === 'no region') {
    return { exitCode: EXIT.usage, remedy: 'Set AWS_REGION to the region that holds the secrets.' };
  }
  if (code === 'ERR_INVALID_URL') {
    return {
      exitCode: EXIT.usage,
      remedy: 'AWS_ENDPOINT_URL_SECRETS_MANAGER or AWS_ENDPOINT_URL must be a URL.',
    };
  }
  if (/^(Credentials|Token)?ProviderError$/.test(code)) {
    return {
      exitCode: EXIT.usage,
      remedy:
        'No AWS credentials were found: sign in ("aws sso login"), or set AWS_PROFILE or the access key.',
    };
  }
  if (NOT_ACCEPTED.test(code)) {
    return {
      exitCode: EXIT.bad,
      remedy:
        "AWS does not accept these credentials: sign in again, and check AWS_REGION and this machine's clock.",
    };
  }
  if (code.startsWith('AccessDenied')) {
    return {
      exitCode: EXIT.bad,
      remedy: `Allow secretsmanager:${action} on ${secret} to the identity in use, and the use of the secret's KMS key.`,
    };
  }
  if (THROTTLED.test(code)) return { exitCode: EXIT.notNow, remedy: 'Try again in a moment.' };
  if (isServersFault(error)) return { exitCode: EXIT.notNow, remedy: 'AWS itself failed; try again.' };
  if (isAnswer(error)) {
    return { exitCode: EXIT.bad, remedy: 'The AWS Secrets Manager API reference explains this error.' };
  }
  return {
    exitCode: EXIT.unreachable,
    remedy:
      'Check AWS_REGION, AWS_ENDPOINT_URL_SECRETS_MANAGER and the way there (DNS, proxy, firewall, VPC endpoint).',
  };
}
