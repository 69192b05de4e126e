import { MemoryTokenStore, RedisRefresherClient, RedisTokenStore } from '#libs/token-stores';
import {
  Clock,
  CurrentTokens,
  LocalRefresher,
  RefresherClient,
  TokenStore,
  TokenVendor,
  type TokenEvent,
} from '#libs/tokens';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';

import { DashboardController } from './dashboard/dashboard.controller.ts';
import { dashboardProviders } from './dashboard/dashboard.providers.ts';
import { EVENTS, servingProviders } from './store/store.providers.ts';
import { LOG } from './logging/create-log.ts';
import type { LogDestination, LogHealth } from './logging/log-destination.ts';
import { logTokenEvent } from './logging/token-event-log.ts';
import { HealthController } from './status/health.controller.ts';
import { CredentialGauges } from './metrics/credential-gauges.ts';
import { MetricsController } from './metrics/metrics.controller.ts';
import { Readiness } from './status/readiness.ts';
import { StatusController } from './status/status.controller.ts';
import { TokenMetrics } from './metrics/token-metrics.ts';
import { OpenApiController } from './openapi/openapi.controller.ts';
import { refreshingProviders } from './refreshing/refreshing.providers.ts';
import type { ServiceConfig, VendingConfig } from './config/service-config.ts';
import type { StartSettings } from './config/start-settings.ts';
import { StorePoller } from './store/store-poller.ts';
import { TRACING, type Tracing } from './tracing/tracing.ts';
import { ProblemFilter } from './http/problem-filter.ts';
import { PublicUrl } from './http/public-url.ts';
import { vendingProviders } from './tokens/tokens.providers.ts';

/** What is made before the module: settings and files that must be right for the process to start at all. */
export interface TokenServiceParts extends StartSettings {
  readonly destination: LogDestination & LogHealth;
  readonly log: Logger;
}

interface TracedParts extends TokenServiceParts {
  readonly tracing: Tracing;
}

/** The composition root: which adapter stands behind each port, and which sides this process has. */
@Module({})
export class TokenServiceModule {
  static with(parts: TracedParts): DynamicModule {
    const { config, callers, destination, log } = parts;
    const { vending, refreshing } = config;
    return {
      module: TokenServiceModule,
      imports: [ScheduleModule.forRoot()],
      controllers: [
        HealthController,
        ...(callers === null
          ? []
          : [StatusController, MetricsController, OpenApiController, DashboardController]),
      ],
      providers: [
        ...meetingPlace(parts),
        StorePoller,
        ...servingProviders(config),
        ...monitoring(parts),
        ...(refreshing === null ? [] : refreshingProviders(refreshing, log)),
        ...(vending === null || callers === null ? [] : vendingProviders(vending, callers, destination)),
        ...(callers === null ? [] : dashboardProviders),
        ...(vending === null ? [] : [publicUrl(config, vending)]),
      ],
    };
  }
}

/** Where processes meet, and whom they ask: Redis and whoever is there, or this process's own memory and itself. */
function meetingPlace({ config, redisCa, tracing }: TracedParts): Provider[] {
  const { REDIS_URL: address, REDIS_KEY_PREFIX: keyPrefix, TOKEN_ENCRYPTION_KEYS: sealingKeys } = config;
  if (address === undefined || sealingKeys === undefined) {
    return [
      { provide: TokenStore, useFactory: () => tracing.store(new MemoryTokenStore()) },
      { provide: RefresherClient, useFactory: () => new LocalRefresher(null) },
    ];
  }
  const redis = { address, keyPrefix, sealingKeys, ca: redisCa };
  return [
    { provide: TokenStore, useFactory: () => tracing.store(new RedisTokenStore(redis)) },
    {
      provide: RefresherClient,
      useFactory: () =>
        config.refreshing === null
          ? new RedisRefresherClient(redis)
          : new LocalRefresher(new RedisRefresherClient(redis)),
    },
  ];
}

const publicUrl = ({ HOST: host, PORT: port }: ServiceConfig, { PUBLIC_URL }: VendingConfig): Provider => ({
  provide: PublicUrl,
  useValue: new PublicUrl(PUBLIC_URL, { host, port }),
});

function monitoring({ callers, log, tracing }: TracedParts): Provider[] {
  return [
    { provide: LOG, useValue: log },
    { provide: TRACING, useValue: tracing },
    { provide: APP_FILTER, useFactory: () => new ProblemFilter(log) },
    { provide: Registry, useFactory: () => new Registry() },
    {
      provide: Readiness,
      useFactory: (tokens: CurrentTokens, vendor: TokenVendor) => new Readiness(tokens, vendor),
      inject: [CurrentTokens, TokenVendor],
    },
    {
      provide: TokenMetrics,
      useFactory: (registry: Registry) => new TokenMetrics(registry),
      inject: [Registry],
    },
    {
      provide: CredentialGauges,
      useFactory: (registry: Registry, tokens: CurrentTokens, vendor: TokenVendor, clock: Clock) =>
        new CredentialGauges({ registry, tokens, vendor, callers, clock }),
      inject: [Registry, CurrentTokens, TokenVendor, Clock],
    },
    {
      provide: EVENTS,
      useFactory: (metrics: TokenMetrics) => (event: TokenEvent) => {
        metrics.record(event);
        logTokenEvent(log, event);
        tracing.record(event);
      },
      inject: [TokenMetrics],
    },
  ];
}
