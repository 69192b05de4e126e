import { CallersFile } from '#libs/callers';
import { CurrentTokens, TokenVendor } from '#libs/tokens';
import type { Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';

import { LOG } from '../logging/create-log.ts';
import type { LogDestination } from '../logging/log-destination.ts';
import { Readiness } from '../monitoring/readiness.ts';
import { VendMetrics } from '../monitoring/vend-metrics.ts';
import type { VendingConfig } from '../service-config.ts';
import { AuditLog } from './audit-log.ts';
import { CallersTicks } from './callers-ticks.ts';
import { OAuthTokenRoute } from './oauth/oauth-token-route.ts';
import { TokenRoute } from './token-route.ts';

/** The side that answers callers: who they are, and the route they all take. */
export function vendingProviders(
  config: VendingConfig,
  callers: CallersFile,
  destination: LogDestination,
): Provider[] {
  const audit = config.AUDIT === 'on' ? new AuditLog(destination) : null;
  return [
    { provide: CallersFile, useValue: callers },
    CallersTicks,
    {
      provide: VendMetrics,
      useFactory: (registry: Registry, tokens: CurrentTokens) => new VendMetrics(registry, tokens),
      inject: [Registry, CurrentTokens],
    },
    {
      provide: TokenRoute,
      useFactory: (vendor: TokenVendor, readiness: Readiness, metrics: VendMetrics) =>
        new TokenRoute({ callers, vendor, readiness, metrics, audit }),
      inject: [TokenVendor, Readiness, VendMetrics],
    },
    {
      provide: OAuthTokenRoute,
      useFactory: (vendor: TokenVendor, readiness: Readiness, metrics: VendMetrics, log: Logger) =>
        new OAuthTokenRoute({ callers, vendor, readiness, metrics, audit, log }),
      inject: [TokenVendor, Readiness, VendMetrics, LOG],
    },
  ];
}
