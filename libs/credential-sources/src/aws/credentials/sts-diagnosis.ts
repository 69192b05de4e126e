import { readAwsError, type AwsErrorKind } from '../aws-error.ts';
import type { CredentialsDiagnosis } from './aws-credentials-failure.ts';

type Verdict = Pick<CredentialsDiagnosis, 'kind' | 'remedy'>;

/** A call to AWS's Security Token Service that returns credentials. */
export type StsCall = 'AssumeRole' | 'AssumeRoleWithWebIdentity';

const TOKEN_FILE = 'AWS_WEB_IDENTITY_TOKEN_FILE';

/** Errors of STS whose remedy is their own (STS API reference). Some have the suffix `Exception`. */
const BY_CODE: Readonly<Record<string, string>> = {
  InvalidIdentityToken:
    'STS does not accept the token: register the issuer of the cluster as an OIDC provider in the IAM of the ' +
    `role's account, with the token's \`aud\` (sts.amazonaws.com) as a client id, and check that ${TOKEN_FILE} ` +
    'names a token of that issuer.',
  IDPCommunicationError:
    'STS could not reach the OIDC provider that issued the token: its discovery document and keys must be public.',
  IDPRejectedClaim:
    'The OIDC provider refuses the token or its claims: it may have been revoked. Issue a new one.',
  RegionDisabled:
    'STS is not active in this region: activate it under IAM, Account settings, or set AWS_REGION to a region where it is.',
  ValidationError: 'STS cannot read the request: check that the ARN of the role is complete and correct.',
  MalformedPolicyDocument: 'STS cannot read the session policy: check the policy of this role session.',
};

const DENIED: Readonly<Record<StsCall, string>> = {
  AssumeRoleWithWebIdentity:
    "Check the role's trust policy: it must allow sts:AssumeRoleWithWebIdentity to the OIDC provider of this cluster, " +
    'and its conditions must match the token: `sub` is system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT, `aud` is ' +
    'sts.amazonaws.com. Check also that AWS_ROLE_ARN names an existing role.',
  AssumeRole:
    "Check the role's trust policy: it must allow sts:AssumeRole to the identity of the source profile, with the same " +
    'external id. Allow sts:AssumeRole on the role to that identity as well.',
};

const EXPIRED: Readonly<Record<StsCall, string>> = {
  AssumeRoleWithWebIdentity:
    `The token in ${TOKEN_FILE} has expired: check that the file is mounted from a projected volume, which ` +
    "Kubernetes renews, and this machine's clock.",
  AssumeRole: 'The credentials of the source profile have expired: sign in again, or renew them.',
};

/** The verdict on a failed call to STS. */
export function stsDiagnosis(call: StsCall, provider: string, error: unknown): CredentialsDiagnosis {
  const { code, kind } = readAwsError(error);
  return { provider, call: `sts:${call}`, code, ...verdict(call, code, kind) };
}

function verdict(call: StsCall, code: string, kind: AwsErrorKind): Verdict {
  const own = BY_CODE[code.replace(/Exception$/, '')];
  if (own !== undefined) return { kind: 'refused', remedy: own };
  switch (kind) {
    case 'denied':
      return { kind: 'refused', remedy: DENIED[call] };
    case 'expired':
      return { kind: 'refused', remedy: EXPIRED[call] };
    case 'not-accepted':
      return {
        kind: 'refused',
        remedy:
          'AWS does not accept the access key of the source profile: replace it, and check this machine’s clock.',
      };
    case 'clock':
      return {
        kind: 'refused',
        remedy: 'Set this machine’s clock (NTP): AWS refuses signatures that are off.',
      };
    case 'throttled':
      return {
        kind: 'passing',
        remedy: 'STS throttles this account. It is asked again at the next attempt.',
      };
    case 'server':
      return { kind: 'passing', remedy: 'STS itself failed. It is asked again at the next attempt.' };
    case 'endpoint':
    case 'region':
      return { kind: 'configuration', remedy: 'Check AWS_REGION and AWS_ENDPOINT_URL_STS.' };
    case 'unreachable':
    case 'unknown':
      return {
        kind: 'unreachable',
        remedy:
          'STS cannot be reached at sts.REGION.amazonaws.com: check AWS_REGION, AWS_ENDPOINT_URL_STS and the network: ' +
          'DNS, firewall, HTTPS_PROXY and NO_PROXY, or a VPC endpoint for STS beside the one for Secrets Manager.',
      };
    case 'no-credentials':
    case 'unsupported':
    case 'request':
      return { kind: 'refused', remedy: 'Look the error up in the AWS STS API reference.' };
  }
}
