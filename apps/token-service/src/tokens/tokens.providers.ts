import { CallersFile } from '#libs/callers';
import { Clock, CurrentTokens, TokenVendor } from '#libs/tokens';
import type { Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';

import { LOG } from '../logging/create-log.ts';
import type { LogDestination } from '../logging/log-destination.ts';
import { Readiness } from '../status/readiness.ts';
import { VendMetrics } from '../metrics/vend-metrics.ts';
import type { VendingConfig } from '../config/service-config.ts';
import { actionProviders } from './actions/action.providers.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { AuthenticationThrottle } from '../authentication/authentication-throttle.ts';
import { CallersReloader } from '../authentication/callers-reloader.ts';
import { FailedAuthentications } from '../authentication/failed-authentications.ts';
import { LongPolls } from './long-polls.ts';
import { OAuthTokenRoute } from '../oauth/oauth-token-route.ts';
import { TokenWaiters } from './token-waiters.ts';
import { TokenRoute } from './token-route.ts';

/** The side that answers callers: who they are, and the route they all take. */
export function vendingProviders(
  config: VendingConfig,
  callers: CallersFile,
  destination: LogDestination,
): Provider[] {
  const audit = config.AUDIT === 'on' ? new AuditLog(destination) : null;
  return [
    ...actionProviders(callers, audit),
    { provide: CallersFile, useValue: callers },
    CallersReloader,
    {
      provide: VendMetrics,
      useFactory: (registry: Registry, tokens: CurrentTokens) => new VendMetrics(registry, tokens),
      inject: [Registry, CurrentTokens],
    },
    {
      provide: AuthenticationThrottle,
      useFactory: (clock: Clock) => new AuthenticationThrottle(clock),
      inject: [Clock],
    },
    {
      provide: FailedAuthentications,
      useFactory: (throttle: AuthenticationThrottle, metrics: VendMetrics) =>
        new FailedAuthentications(throttle, metrics),
      inject: [AuthenticationThrottle, VendMetrics],
    },
    {
      provide: TokenWaiters,
      useFactory: (tokens: CurrentTokens, metrics: VendMetrics) => {
        const waiters = new TokenWaiters(tokens);
        metrics.showWaiting(() => waiters.size);
        return waiters;
      },
      inject: [CurrentTokens, VendMetrics],
    },
    {
      provide: LongPolls,
      useFactory: (waiters: TokenWaiters, clock: Clock) => new LongPolls(waiters, clock),
      inject: [TokenWaiters, Clock],
    },
    {
      provide: TokenRoute,
      useFactory: (
        failures: FailedAuthentications,
        vendor: TokenVendor,
        polls: LongPolls,
        readiness: Readiness,
        metrics: VendMetrics,
        log: Logger,
      ) => new TokenRoute({ callers, failures, vendor, polls, readiness, metrics, audit, log }),
      inject: [FailedAuthentications, TokenVendor, LongPolls, Readiness, VendMetrics, LOG],
    },
    {
      provide: OAuthTokenRoute,
      useFactory: (
        failures: FailedAuthentications,
        vendor: TokenVendor,
        readiness: Readiness,
        metrics: VendMetrics,
        log: Logger,
      ) => new OAuthTokenRoute({ callers, failures, vendor, readiness, metrics, audit, log }),
      inject: [FailedAuthentications, TokenVendor, Readiness, VendMetrics, LOG],
    },
  ];
}
