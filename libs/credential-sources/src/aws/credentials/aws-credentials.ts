import { defaultProvider, type DefaultProviderInit } from '@aws-sdk/credential-provider-node';

import { readAwsError } from '../aws-error.ts';
import { AwsCredentialsFailure, type CredentialsDiagnosis } from './aws-credentials-failure.ts';
import type { ChainAttempt } from './chain-attempt.ts';
import { decidingProfile, passedOverProfile } from './profile-diagnosis.ts';
import { containerDiagnosis, hasContainerEndpoint, instanceDiagnosis } from './remote-diagnosis.ts';
import { stsDiagnosis } from './sts-diagnosis.ts';
import { tokenFileDiagnosis } from './token-file-diagnosis.ts';

type Environment = ChainAttempt['env'];
type ClientConfig = NonNullable<DefaultProviderInit['clientConfig']>;

/** The SDK asks a container endpoint four times by default, which takes longer than a read may. */
const MAX_CONTAINER_RETRIES = 1;

/**
 * The SDK's own chain of credential providers, which also tells why it has none. The chain itself reports the
 * failure of the last provider only, which is rarely the one that a person configured.
 */
export class AwsCredentials {
  readonly #env: Environment;
  /** What the SDK logged during the last run. It is compared with fixed texts and never printed. */
  #trace: string[] = [];
  readonly provider: ReturnType<typeof defaultProvider>;

  /** @param requestHandler of the calls to STS and IAM Identity Center */
  constructor(requestHandler: ClientConfig['requestHandler'], env: Environment = process.env) {
    this.#env = env;
    const record = (...lines: readonly unknown[]): void => void this.#trace.push(lines.join(' '));
    const logger = { debug: record, info: record, warn: record, error: record };
    const chain = defaultProvider({
      logger,
      ...(hasContainerEndpoint({ env }) ? { maxRetries: MAX_CONTAINER_RETRIES } : {}),
      clientConfig: requestHandler === undefined ? {} : { requestHandler },
    });
    this.provider = (options) => {
      this.#trace = [];
      return chain(options);
    };
  }

  /** The failure of the last run of `provider`; null when the region is what is missing. */
  async explain(error: unknown): Promise<AwsCredentialsFailure | null> {
    if (readAwsError(error).kind === 'region') return null;
    const trace = this.#trace;
    const reached = (text: string): boolean => trace.some((line) => line.includes(text));
    return new AwsCredentialsFailure(await diagnose({ error, env: this.#env, reached }));
  }
}

/** The providers in the order in which the SDK asks them. */
async function diagnose(attempt: ChainAttempt): Promise<CredentialsDiagnosis> {
  const { env, error, reached } = attempt;
  if (reached('defaultProvider::fromIni') && !reached('defaultProvider::fromProcess')) {
    return decidingProfile(attempt);
  }
  const profile = passedOverProfile(attempt);
  if (profile !== null) return profile;
  if (env['AWS_WEB_IDENTITY_TOKEN_FILE'] && env['AWS_ROLE_ARN']) {
    const provider = 'the web identity of AWS_ROLE_ARN';
    return (
      tokenFileDiagnosis(provider, 'AWS_WEB_IDENTITY_TOKEN_FILE', error) ??
      stsDiagnosis('AssumeRoleWithWebIdentity', provider, error)
    );
  }
  return hasContainerEndpoint(attempt) ? containerDiagnosis(attempt) : instanceDiagnosis(attempt);
}
