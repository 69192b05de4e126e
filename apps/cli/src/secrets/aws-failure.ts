import {
  AwsCredentialsFailure,
  denialRemedy,
  readAwsError,
  type AwsErrorKind,
} from '#libs/credential-sources';

import { CommandFailure } from '../command-failure.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** How a command ends after an AWS error, and what the person can do. */
interface Verdict {
  readonly exitCode: ExitCode;
  readonly remedy: string;
}

/**
 * A failed call to Secrets Manager, with AWS's code and a remedy. The message of AWS is not in it, because
 * some messages quote the session token.
 * @param action the name in IAM policies, without `secretsmanager:`
 */
export function awsFailure(action: string, secret: string, error: unknown): CommandFailure {
  if (error instanceof AwsCredentialsFailure) {
    return new CommandFailure({
      code: 'aws_credentials',
      diagnosis: error.message,
      exitCode: EXIT_CODES[error.kind],
    });
  }
  const { code, kind } = readAwsError(error);
  const { exitCode, remedy } = judge(kind, action, secret);
  const denial = kind === 'denied' ? denialRemedy(messageOf(error), `secretsmanager:${action}`) : null;
  const diagnosis = `AWS Secrets Manager: ${action} of ${secret} failed (${code}). ${denial ?? remedy}`;
  return new CommandFailure({ code: 'aws_failed', diagnosis, exitCode, cause: error });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

/** How a command ends without AWS credentials. */
const EXIT_CODES: Readonly<Record<AwsCredentialsFailure['kind'], ExitCode>> = {
  configuration: EXIT.usage,
  refused: EXIT.bad,
  unreachable: EXIT.unreachable,
  passing: EXIT.notNow,
};

function judge(kind: AwsErrorKind, action: string, secret: string): Verdict {
  switch (kind) {
    case 'region':
      return { exitCode: EXIT.usage, remedy: 'Set AWS_REGION to the region that holds the secrets.' };
    case 'endpoint':
      return {
        exitCode: EXIT.usage,
        remedy: 'AWS_ENDPOINT_URL_SECRETS_MANAGER or AWS_ENDPOINT_URL must be a URL.',
      };
    case 'no-credentials':
      return {
        exitCode: EXIT.usage,
        remedy:
          'No AWS credentials were found: sign in ("aws sso login"), or set AWS_PROFILE or the access key.',
      };
    case 'expired':
    case 'not-accepted':
    case 'clock':
      return {
        exitCode: EXIT.bad,
        remedy:
          "AWS does not accept these credentials: sign in again, and check AWS_REGION and this machine's clock.",
      };
    case 'denied':
      return {
        exitCode: EXIT.bad,
        remedy: `Allow secretsmanager:${action} on ${secret} to the identity in use, and the use of the secret's KMS key.`,
      };
    case 'throttled':
      return { exitCode: EXIT.notNow, remedy: 'Try again in a moment.' };
    case 'server':
      return { exitCode: EXIT.notNow, remedy: 'AWS itself failed; try again.' };
    case 'request':
    case 'unsupported':
      return { exitCode: EXIT.bad, remedy: 'The AWS Secrets Manager API reference explains this error.' };
    case 'unreachable':
    case 'unknown':
      return {
        exitCode: EXIT.unreachable,
        remedy:
          'Check AWS_REGION, AWS_ENDPOINT_URL_SECRETS_MANAGER and the network (DNS, proxy, firewall, VPC endpoint).',
      };
  }
}
