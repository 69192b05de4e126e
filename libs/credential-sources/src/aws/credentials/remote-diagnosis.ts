import { fromHttp } from '@aws-sdk/credential-provider-http';
import { fromInstanceMetadata } from '@smithy/credential-provider-imds';

import type { CredentialsDiagnosis } from './aws-credentials-failure.ts';
import { messageOf, type ChainAttempt } from './chain-attempt.ts';
import { tokenFileDiagnosis } from './token-file-diagnosis.ts';

const AGENT = 'the container credentials endpoint';
const POD_IDENTITY_HOST = /169\.254\.170\.23|fd00:ec2::23/;

/** Whether the environment names an endpoint of ECS or of EKS Pod Identity. */
export const hasContainerEndpoint = ({ env }: Pick<ChainAttempt, 'env'>): boolean =>
  Boolean(env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] || env['AWS_CONTAINER_CREDENTIALS_FULL_URI']);

/**
 * Why the container endpoint has no credentials. It is asked once more, because the SDK's chain hides its
 * answer behind the failure of another provider.
 */
export async function containerDiagnosis({ env }: ChainAttempt): Promise<CredentialsDiagnosis> {
  const isPodIdentity =
    POD_IDENTITY_HOST.test(env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '') ||
    Boolean(env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']);
  const provider = isPodIdentity ? 'the EKS Pod Identity agent' : AGENT;
  const error = await failureOf(() => fromHttp({ maxRetries: 0 })());
  const file = tokenFileDiagnosis(provider, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', error);
  if (file !== null) return file;
  const about = { provider, call: 'the request for credentials' };
  const message = messageOf(error);
  const status = /Server responded with status: (\d{3})/.exec(message)?.[1];
  if (status?.startsWith('4')) {
    return {
      ...about,
      kind: 'refused',
      code: `HTTP ${status}`,
      remedy: isPodIdentity ? ASSOCIATION : TASK_ROLE,
    };
  }
  if (status !== undefined) {
    return {
      ...about,
      kind: 'passing',
      code: `HTTP ${status}`,
      remedy: 'The endpoint failed. It is asked again.',
    };
  }
  if (message.startsWith('URL not accepted')) {
    return {
      ...about,
      kind: 'configuration',
      code: 'URL not accepted',
      remedy: 'AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or a loopback, ECS or EKS address.',
    };
  }
  return {
    ...about,
    kind: 'unreachable',
    code: networkCode(message),
    remedy:
      'Check AWS_CONTAINER_CREDENTIALS_FULL_URI, that the agent runs on this node, and that no network policy or ' +
      'proxy is in between.',
  };
}

const ASSOCIATION =
  'Create a pod identity association for the namespace and service account of this pod, and let the role’s trust ' +
  'policy allow sts:AssumeRole and sts:TagSession to pods.eks.amazonaws.com. Then restart the pod.';
const TASK_ROLE =
  'Check the task role (taskRoleArn) and its trust policy for ecs-tasks.amazonaws.com, and the authorization token.';

/** Why the metadata service of EC2 has no credentials, which is the last provider that the SDK asks. */
export async function instanceDiagnosis({ env }: ChainAttempt): Promise<CredentialsDiagnosis> {
  const about = { provider: 'any provider', call: 'the EC2 instance metadata service (IMDS)' };
  const disabled = env['AWS_EC2_METADATA_DISABLED'];
  if (disabled && disabled !== 'false') {
    return {
      kind: 'configuration',
      provider: 'any provider',
      call: 'the search for credentials',
      code: 'none configured',
      remedy: `The SDK found no AWS credentials. ${CONFIGURE}`,
    };
  }
  const error = await failureOf(() => fromInstanceMetadata({ maxRetries: 0 })());
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : null;
  if (status === 404) {
    return {
      ...about,
      kind: 'configuration',
      code: 'HTTP 404',
      remedy: `This instance has no role: attach an instance profile. ${ELSEWHERE}`,
    };
  }
  if (status !== null) {
    return {
      ...about,
      kind: 'refused',
      code: `HTTP ${status}`,
      remedy: `IMDS refuses: check that it is enabled and that IMDSv2 tokens reach this process (hop limit 2). ${ELSEWHERE}`,
    };
  }
  return {
    ...about,
    kind: 'unreachable',
    code: 'no answer',
    remedy: `In a container on EC2 set the hop limit of IMDSv2 to 2 (HttpPutResponseHopLimit). ${ELSEWHERE}`,
  };
}

const CONFIGURE =
  'Give this process a role (EKS, ECS or EC2), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
const ELSEWHERE = `No other provider is configured. ${CONFIGURE}`;

async function failureOf(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    await ask();
    return null;
  } catch (error) {
    return error;
  }
}

/** Node's code inside a message such as `Error: connect ECONNREFUSED 127.0.0.1:80`. */
const networkCode = (message: string): string =>
  /\b(E[A-Z]{4,}|TimeoutError)\b/.exec(message)?.[1] ?? 'no answer';
