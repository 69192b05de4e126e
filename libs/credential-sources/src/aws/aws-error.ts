import { SourceUnavailable } from '#libs/tokens';

import { readAwsError, type AwsTrouble } from './aws-trouble.ts';

/** The actions that reading takes, as IAM policies name them after `secretsmanager:`. */
export type AwsAction = 'ListSecrets' | 'BatchGetSecretValue' | 'GetSecretValue';

/**
 * A call to Secrets Manager that failed. Carries the names of what went wrong and nothing that AWS or the SDK wrote:
 * a signature error quotes the session token, and an answer that can't be read is a secret.
 */
export class AwsFailure extends SourceUnavailable {
  readonly awsCode: string;
  readonly trouble: AwsTrouble;

  constructor(action: AwsAction, error: unknown) {
    const { code, trouble } = readAwsError(error);
    super(`AWS Secrets Manager can't be read: ${action} failed (${code}). ${remedy(action, trouble)}`);
    this.awsCode = code;
    this.trouble = trouble;
  }
}

function remedy(action: AwsAction, trouble: AwsTrouble): string {
  switch (trouble) {
    case 'region':
      return 'Set AWS_REGION to the region that holds the secrets.';
    case 'endpoint':
      return 'AWS_ENDPOINT_URL_SECRETS_MANAGER, or AWS_ENDPOINT_URL, must be a URL.';
    case 'no-credentials':
      return (
        'No AWS credentials could be had. Give this process a role (EKS, ECS or EC2), ' +
        'or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
      );
    case 'expired':
      return 'The AWS credentials have expired: renew AWS_SESSION_TOKEN and its keys, or use a role, which renews itself.';
    case 'not-accepted':
      return 'AWS does not accept these credentials here: check the access key, AWS_REGION and this machine’s clock.';
    case 'clock':
      return 'Set this machine’s clock: AWS refuses signatures that are more than five minutes off.';
    case 'denied':
      return `Allow secretsmanager:${action} to the role or user that this process runs as.`;
    case 'unsupported':
      return 'What answers at this endpoint is no AWS Secrets Manager: check AWS_ENDPOINT_URL_SECRETS_MANAGER.';
    case 'throttled':
      return 'AWS throttles this account; it is asked again at the next look. Raise CREDENTIAL_POLL_SECONDS if it goes on.';
    case 'unreachable':
      return (
        'Check AWS_REGION, AWS_ENDPOINT_URL_SECRETS_MANAGER and the way there: ' +
        'DNS, firewall, proxy, VPC endpoint, and NODE_EXTRA_CA_CERTS for a private certificate.'
      );
    case 'server':
      return 'AWS itself failed; it is asked again at the next look.';
    case 'request':
      return 'Look the error up in the AWS Secrets Manager API reference.';
    case 'unknown':
      return 'Check AWS_ENDPOINT_URL_SECRETS_MANAGER, and what else may answer in the place of AWS.';
  }
}
