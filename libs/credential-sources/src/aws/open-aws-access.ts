import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';

import type { AwsCredentialsFailure } from './credentials/aws-credentials-failure.ts';
import type { RequestTimeouts } from './request-handler.ts';

/** How a client reaches AWS and signs its requests. */
interface AwsAccess {
  readonly config: Pick<SecretsManagerClientConfig, 'requestHandler' | 'credentials'>;
  /** Why the credentials of `config` could not be had; null when the region is what is missing. */
  readonly explain: (error: unknown) => Promise<AwsCredentialsFailure | null>;
}

/**
 * Reads the SDK's variables and files for credentials. The SDK's packages are imported only here, because a
 * process that reads files does not need them. One HTTP handler serves Secrets Manager and the calls for
 * credentials.
 */
export async function openAwsAccess(timeouts: RequestTimeouts): Promise<AwsAccess> {
  const { AwsCredentials } = await import('./credentials/aws-credentials.ts');
  const { AwsRequestHandler } = await import('./request-handler.ts');
  const requestHandler = new AwsRequestHandler(timeouts);
  const credentials = new AwsCredentials(requestHandler);
  return {
    config: { requestHandler, credentials: credentials.provider },
    explain: (error) => credentials.explain(error),
  };
}
