import { AdobeImsClient } from '#libs/adobe-ims';
import {
  AwsSecretsManagerSource,
  FileCredentialSource,
  type SkippedDocument,
} from '#libs/credential-sources';
import { Clock, CredentialSource, ImsClient, toMillis, TokenRefresher } from '#libs/tokens';
import type { Provider } from '@nestjs/common';
import type { Logger } from 'pino';

import type { RefreshingConfig } from '../config/service-config.ts';
import { TRACING, type Tracing } from '../tracing/tracing.ts';
import { callersWordUseCases } from './on-demand.providers.ts';
import { RefreshScheduler } from './refresh-scheduler.ts';
import { renewingUseCases } from './renewing.providers.ts';
import { SourcePoller } from './source-poller.ts';

/** The side that holds keys: where credentials come from, who exchanges them, and the ticks that make it go. */
export function refreshingProviders(config: RefreshingConfig, log: Logger): Provider[] {
  return [
    ...renewingUseCases,
    ...callersWordUseCases,
    {
      provide: ImsClient,
      useFactory: (clock: Clock, tracing: Tracing) => tracing.ims(new AdobeImsClient({ clock })),
      inject: [Clock, TRACING],
    },
    {
      provide: CredentialSource,
      useFactory: (clock: Clock, tracing: Tracing) => tracing.source(credentialSource(config, clock, log)),
      inject: [Clock, TRACING],
    },
    {
      provide: SourcePoller,
      useFactory: (source: CredentialSource, refresher: TokenRefresher, clock: Clock) =>
        new SourcePoller(source, refresher, clock, toMillis(config.CREDENTIAL_POLL_SECONDS)),
      inject: [CredentialSource, TokenRefresher, Clock],
    },
    RefreshScheduler,
  ];
}

function credentialSource(config: RefreshingConfig, clock: Clock, log: Logger): CredentialSource {
  const shared = {
    allowedOrigins: config.IMS_ALLOWED_ORIGINS,
    clock,
    onSkipped: ({ code, storedAs, diagnosis }: SkippedDocument) =>
      log.warn({ event: 'credential.skipped', code, stored_as: storedAs, diagnosis }, 'not a credential'),
  };
  return config.CREDENTIAL_SOURCE === 'files'
    ? new FileCredentialSource({ ...shared, folder: config.CREDENTIAL_DIR ?? '' })
    : new AwsSecretsManagerSource({ ...shared, prefix: config.CREDENTIAL_SECRET_PREFIX });
}
