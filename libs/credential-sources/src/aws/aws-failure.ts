import { SourceUnavailable } from '#libs/tokens';

import { readAwsError, type AwsErrorKind } from './aws-error.ts';
import { denialRemedy } from './denial.ts';

/** The actions that the service needs, as IAM policies name them after `secretsmanager:`. */
export type AwsAction = 'ListSecrets' | 'BatchGetSecretValue' | 'GetSecretValue';

/**
 * A failed call to Secrets Manager. It has the code of the error, and no message of AWS or the SDK: the
 * message of a signature error quotes the session token, and an unreadable answer is a secret.
 */
export class AwsFailure extends SourceUnavailable {
  readonly awsCode: string;
  readonly kind: AwsErrorKind;
  /** What AWS's words about a denial mean; null when it is no denial, or they say nothing. */
  readonly denial: string | null;

  constructor(action: AwsAction, error: unknown) {
    const { code, kind } = readAwsError(error);
    const denial = kind === 'denied' ? denialRemedy(messageOf(error), `secretsmanager:${action}`) : null;
    const advice = denial ?? BY_CODE[code] ?? remedy(action, kind);
    super(`AWS Secrets Manager can't be read: ${action} failed (${code}). ${advice}`);
    this.awsCode = code;
    this.kind = kind;
    this.denial = denial;
  }
}

/** Remedies for this library's own limits. */
const BY_CODE: Readonly<Record<string, string | undefined>> = {
  AnswerTooLarge:
    'The answer exceeds 4 MiB, which no answer of AWS does: check AWS_ENDPOINT_URL_SECRETS_MANAGER and the proxy.',
  TooManySecrets:
    'The listing has more than 20,000 secrets: set a narrower CREDENTIAL_SECRET_PREFIX, and check AWS_ENDPOINT_URL_SECRETS_MANAGER.',
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '');

function remedy(action: AwsAction, kind: AwsErrorKind): string {
  switch (kind) {
    case 'region':
      return 'Set AWS_REGION to the region that holds the secrets.';
    case 'endpoint':
      return 'AWS_ENDPOINT_URL_SECRETS_MANAGER, or AWS_ENDPOINT_URL, must be a URL.';
    case 'no-credentials':
      return (
        'The SDK found no AWS credentials. Give this process a role (EKS, ECS or EC2), ' +
        'or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
      );
    case 'expired':
      return 'The AWS credentials have expired: renew AWS_SESSION_TOKEN and its keys, or use a role, which AWS renews.';
    case 'not-accepted':
      return 'AWS does not accept these credentials here: check the access key, AWS_REGION and this machine’s clock.';
    case 'clock':
      return 'Set this machine’s clock: AWS refuses signatures that are more than five minutes off.';
    case 'denied':
      return `Allow secretsmanager:${action} to the role or user that this process runs as.`;
    case 'unsupported':
      return 'The endpoint is no AWS Secrets Manager: check AWS_ENDPOINT_URL_SECRETS_MANAGER.';
    case 'throttled':
      return 'AWS throttles this account. The service reads again at the next poll; if this lasts, raise CREDENTIAL_POLL_SECONDS.';
    case 'unreachable':
      return (
        'Check AWS_REGION, AWS_ENDPOINT_URL_SECRETS_MANAGER and the network: ' +
        'DNS, firewall, proxy, VPC endpoint, and NODE_EXTRA_CA_CERTS for a private certificate.'
      );
    case 'server':
      return 'AWS itself failed. The service reads again at the next poll.';
    case 'request':
      return 'Look the error up in the AWS Secrets Manager API reference.';
    case 'unknown':
      return 'Check AWS_ENDPOINT_URL_SECRETS_MANAGER, and look for a proxy that answers instead of AWS.';
  }
}
