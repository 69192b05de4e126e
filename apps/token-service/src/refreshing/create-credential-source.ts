import {
  AwsSecretsManagerSource,
  FileCredentialSource,
  type DocumentNotice,
  type SkippedDocument,
} from '#libs/credential-sources';
import type { Clock, CredentialSource } from '#libs/tokens';
import type { Logger } from 'pino';

import type { RefreshingConfig } from '../config/service-config.ts';

interface CredentialSourceParts {
  readonly config: RefreshingConfig;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Creates the source that `CREDENTIAL_SOURCE` names. */
export function createCredentialSource({ config, clock, log }: CredentialSourceParts): CredentialSource {
  const shared = {
    allowedOrigins: config.IMS_ALLOWED_ORIGINS,
    clock,
    onSkipped: ({ code, storedAs, diagnosis }: SkippedDocument) =>
      log.warn({ event: 'credential.skipped', code, stored_as: storedAs, diagnosis }, 'not a credential'),
    onNotice: ({ name, code, diagnosis }: DocumentNotice & { readonly name: string }) =>
      log.warn({ event: 'credential.notice', credential: name, code, diagnosis }, 'odd document'),
    onEmpty: (diagnosis: string) =>
      log.warn({ event: 'source.empty', diagnosis }, 'the source has no credential'),
  };
  return config.CREDENTIAL_SOURCE === 'files'
    ? new FileCredentialSource({ ...shared, folder: config.CREDENTIAL_DIR ?? '' })
    : new AwsSecretsManagerSource({
        ...shared,
        prefix: config.CREDENTIAL_SECRET_PREFIX,
        secretNames: config.CREDENTIAL_SECRET_NAMES,
      });
}
