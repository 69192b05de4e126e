import { AdobeImsClient } from '#libs/adobe-ims';
import {
  AwsSecretsManagerSource,
  FileCredentialSource,
  type SkippedDocument,
} from '#libs/credential-sources';
import {
  CertificateWatch,
  Clock,
  createRefreshingSide,
  CredentialSource,
  ImsClient,
  PendingTrials,
  RefreshPlan,
  toMillis,
  TokenRefresher,
  TokenReplacement,
  TokenRevocation,
  type RefreshingSide,
  type ServingSide,
  type TokenEventListener,
} from '#libs/tokens';
import type { Provider } from '@nestjs/common';
import type { Logger } from 'pino';

import type { RefreshingConfig } from '../config/service-config.ts';
import { TRACING, type Tracing } from '../tracing/tracing.ts';
import { EVENTS, SERVING_SIDE } from '../store/store.providers.ts';
import { RefreshScheduler } from './refresh-scheduler.ts';
import { SourcePoller } from './source-poller.ts';

/** Injection token of the RefreshingSide. */
const REFRESHING_SIDE = Symbol('refreshing side');

const part = <T>(provide: abstract new (...args: never[]) => T, read: (side: RefreshingSide) => T) => ({
  provide,
  useFactory: read,
  inject: [REFRESHING_SIDE],
});

/** The side that holds keys: where credentials come from, who exchanges them, and the ticks that make it go. */
export function refreshingProviders(config: RefreshingConfig, log: Logger): Provider[] {
  return [
    {
      provide: REFRESHING_SIDE,
      useFactory: (
        serving: ServingSide,
        source: CredentialSource,
        ims: ImsClient,
        clock: Clock,
        listener: TokenEventListener,
        tracing: Tracing,
      ) =>
        createRefreshingSide({
          serving,
          source,
          ims,
          clock,
          listener,
          random: Math.random,
          instrument: (renewal) => tracing.renewal(renewal),
        }),
      inject: [SERVING_SIDE, CredentialSource, ImsClient, Clock, EVENTS, TRACING],
    },
    part(RefreshPlan, ({ plan }) => plan),
    part(TokenRefresher, ({ refresher }) => refresher),
    part(TokenReplacement, ({ replacement }) => replacement),
    part(TokenRevocation, ({ revocation }) => revocation),
    part(PendingTrials, ({ trials }) => trials),
    part(CertificateWatch, ({ certificates }) => certificates),
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
