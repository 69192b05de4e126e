import { AdobeImsClient } from '#libs/adobe-ims';
import { CallersFile } from '#libs/callers';
import {
  AwsSecretsManagerSource,
  FileCredentialSource,
  type SkippedDocument,
} from '#libs/credential-sources';
import { MemoryTokenStore, RedisTokenStore } from '#libs/token-stores';
import {
  Clock,
  CredentialSource,
  CurrentTokens,
  ImsClient,
  toMillis,
  TokenRefresher,
  TokenStore,
  TokenVendor,
  type TokenEvent,
} from '#libs/tokens';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';

import { EVENTS, refreshingUseCases, sharedProviders } from './lifecycle.providers.ts';
import { LOG } from './logging/create-log.ts';
import type { LogDestination } from './logging/log-destination.ts';
import { logTokenEvent } from './logging/token-event-log.ts';
import { HealthController } from './monitoring/health.controller.ts';
import { MetricsController } from './monitoring/metrics.controller.ts';
import { Readiness } from './monitoring/readiness.ts';
import { StatusController } from './monitoring/status.controller.ts';
import { TokenMetrics } from './monitoring/token-metrics.ts';
import { VendMetrics } from './monitoring/vend-metrics.ts';
import { RefreshTicks } from './refreshing/refresh-ticks.ts';
import { SourceWatch } from './refreshing/source-watch.ts';
import type { ServiceConfig } from './service-config.ts';
import { StoreTicks } from './store-ticks.ts';
import { AuditLog } from './vending/audit-log.ts';
import { CallersTicks } from './vending/callers-ticks.ts';
import { ProblemFilter } from './vending/problem-filter.ts';
import { TokenRoute } from './vending/token-route.ts';

/** What is made before the module: settings and files that must be right for the process to start at all. */
export interface TokenServiceParts {
  readonly config: ServiceConfig;
  readonly callers: CallersFile;
  /** PEM of the authority that signed Redis's certificate, where it is not a public one. */
  readonly redisCa: string | undefined;
  readonly destination: LogDestination;
  readonly log: Logger;
}

/** The composition root: which adapter stands behind each port, and what each side is made of. */
@Module({})
export class TokenServiceModule {
  static with(parts: TokenServiceParts): DynamicModule {
    return {
      module: TokenServiceModule,
      imports: [ScheduleModule.forRoot()],
      controllers: [HealthController, StatusController, MetricsController],
      providers: [
        ...adapters(parts),
        ...sharedProviders(parts.config),
        ...refreshing(parts.config),
        ...vending(parts),
        ...monitoring(parts),
      ],
    };
  }
}

function adapters({ config, redisCa, log }: TokenServiceParts): Provider[] {
  return [
    { provide: TokenStore, useFactory: () => tokenStore(config, redisCa) },
    { provide: ImsClient, useFactory: (clock: Clock) => new AdobeImsClient({ clock }), inject: [Clock] },
    {
      provide: CredentialSource,
      useFactory: (clock: Clock) => credentialSource(config, clock, log),
      inject: [Clock],
    },
  ];
}

function credentialSource(config: ServiceConfig, clock: Clock, log: Logger): CredentialSource {
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

function tokenStore(config: ServiceConfig, ca: string | undefined): TokenStore {
  const { REDIS_URL: address, REDIS_KEY_PREFIX: keyPrefix, TOKEN_ENCRYPTION_KEYS: sealingKeys } = config;
  if (address === undefined || sealingKeys === undefined) return new MemoryTokenStore();
  return new RedisTokenStore({ address, keyPrefix, sealingKeys, ...(ca === undefined ? {} : { ca }) });
}

function refreshing(config: ServiceConfig): Provider[] {
  return [
    ...refreshingUseCases,
    {
      provide: SourceWatch,
      useFactory: (source: CredentialSource, refresher: TokenRefresher, clock: Clock) =>
        new SourceWatch(source, refresher, clock, toMillis(config.CREDENTIAL_POLL_SECONDS)),
      inject: [CredentialSource, TokenRefresher, Clock],
    },
    RefreshTicks,
  ];
}

function vending({ config, callers, destination, log }: TokenServiceParts): Provider[] {
  return [
    { provide: CallersFile, useValue: callers },
    { provide: APP_FILTER, useFactory: () => new ProblemFilter(log) },
    CallersTicks,
    {
      provide: TokenRoute,
      useFactory: (vendor: TokenVendor, readiness: Readiness, metrics: VendMetrics) =>
        new TokenRoute({
          callers,
          vendor,
          readiness,
          metrics,
          audit: config.AUDIT === 'on' ? new AuditLog(destination) : null,
        }),
      inject: [TokenVendor, Readiness, VendMetrics],
    },
  ];
}

function monitoring({ callers, log }: TokenServiceParts): Provider[] {
  return [
    StoreTicks,
    { provide: LOG, useValue: log },
    { provide: Registry, useFactory: () => new Registry() },
    {
      provide: Readiness,
      useFactory: (tokens: CurrentTokens, vendor: TokenVendor) => new Readiness(tokens, vendor),
      inject: [CurrentTokens, TokenVendor],
    },
    {
      provide: VendMetrics,
      useFactory: (registry: Registry, tokens: CurrentTokens) => new VendMetrics(registry, tokens),
      inject: [Registry, CurrentTokens],
    },
    {
      provide: TokenMetrics,
      useFactory: (registry: Registry, tokens: CurrentTokens, vendor: TokenVendor, clock: Clock) =>
        new TokenMetrics({ registry, tokens, vendor, callers, clock }),
      inject: [Registry, CurrentTokens, TokenVendor, Clock],
    },
    {
      provide: EVENTS,
      useFactory: (metrics: TokenMetrics) => (event: TokenEvent) => {
        metrics.record(event);
        logTokenEvent(log, event);
      },
      inject: [TokenMetrics],
    },
  ];
}
