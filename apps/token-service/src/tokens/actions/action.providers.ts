import type { CallersFile } from '#libs/callers';
import { CurrentTokens, RefresherClient, StoreSync, TokenVendor } from '#libs/tokens';
import type { Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';

import { LOG } from '../../logging/create-log.ts';
import { ActionMetrics } from '../../metrics/action-metrics.ts';
import { Readiness } from '../../status/readiness.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import { FailedAuthentications } from '../../authentication/failed-authentications.ts';
import { PublicUrl } from '../../http/public-url.ts';
import { RefreshAction } from './refresh-action.ts';
import { RevokeAction } from './revoke-action.ts';
import { TokenActionRoute } from './token-action-route.ts';
import { TokenWaiters } from '../token-waiters.ts';
import { TokenReports } from './token-reports.ts';

/** Injection token of the routes on which callers have something done about a token. */
export const ACTION_ROUTES = Symbol('action routes');

/** What callers may have done about tokens: reports and revocations. */
export function actionProviders(callers: CallersFile, audit: AuditLog | null): Provider[] {
  return [
    {
      provide: ActionMetrics,
      useFactory: (registry: Registry, tokens: CurrentTokens) => new ActionMetrics(registry, tokens),
      inject: [Registry, CurrentTokens],
    },
    {
      provide: TokenReports,
      useFactory: (
        refresher: RefresherClient,
        tokens: CurrentTokens,
        sync: StoreSync,
        waiters: TokenWaiters,
      ) => new TokenReports({ refresher, tokens, sync, waiters }),
      inject: [RefresherClient, CurrentTokens, StoreSync, TokenWaiters],
    },
    {
      provide: RefreshAction,
      useFactory: (
        reports: TokenReports,
        vendor: TokenVendor,
        readiness: Readiness,
        metrics: ActionMetrics,
      ) => new RefreshAction({ reports, vendor, readiness, metrics }),
      inject: [TokenReports, TokenVendor, Readiness, ActionMetrics],
    },
    {
      provide: RevokeAction,
      useFactory: (
        refresher: RefresherClient,
        tokens: CurrentTokens,
        sync: StoreSync,
        metrics: ActionMetrics,
      ) => new RevokeAction({ refresher, tokens, sync, metrics }),
      inject: [RefresherClient, CurrentTokens, StoreSync, ActionMetrics],
    },
    {
      provide: ACTION_ROUTES,
      useFactory: (
        refresh: RefreshAction,
        revoke: RevokeAction,
        failures: FailedAuthentications,
        tokens: CurrentTokens,
        readiness: Readiness,
        publicUrl: PublicUrl,
        log: Logger,
      ): readonly TokenActionRoute[] => {
        const parts = { callers, failures, tokens, readiness, publicUrl, audit, log };
        return [refresh, revoke].map((action) => new TokenActionRoute(action, parts));
      },
      inject: [RefreshAction, RevokeAction, FailedAuthentications, CurrentTokens, Readiness, PublicUrl, LOG],
    },
  ];
}
