import { CurrentTokens, RefresherClient, StoreSync, TokenVendor } from '#libs/tokens';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { AUDIT_LOG } from '../../audit/audit-log.ts';
import { AuditModule } from '../../audit/audit.module.ts';
import { AuthenticationModule } from '../../authentication/authentication.module.ts';
import { CallerAuthenticator } from '../../authentication/caller-authenticator.ts';
import { PublicUrl } from '../../http/public-url.ts';
import { provideClass, provideFrom } from '../../injection/provide.ts';
import { tokenFor } from '../../injection/typed-token.ts';
import { LOG } from '../../logging/create-log.ts';
import { HealthModule } from '../../status/health.module.ts';
import { Readiness } from '../../status/readiness.ts';
import { StoreModule } from '../../store/store.module.ts';
import { TokenWaiters } from '../token-waiters.ts';
import { TokensModule } from '../tokens.module.ts';
import { ActionMetrics } from './action-metrics.ts';
import { RefreshAction } from './refresh-action.ts';
import { RevokeAction } from './revoke-action.ts';
import { TokenActionRoute } from './token-action-route.ts';
import { TokenReports } from './token-reports.ts';

const ACTION_ROUTES = tokenFor<readonly TokenActionRoute[]>('action routes');

/** `POST /v1/tokens/{name}/refresh` and `/revoke`: reports of rejected tokens, and revocations. */
@Module({
  imports: [AuditModule, AuthenticationModule, HealthModule, StoreModule, TokensModule],
  providers: [
    ActionMetrics,
    provideClass(TokenReports, {
      refresher: RefresherClient,
      tokens: CurrentTokens,
      sync: StoreSync,
      waiters: TokenWaiters,
    }),
    provideClass(RefreshAction, {
      reports: TokenReports,
      vendor: TokenVendor,
      tokens: CurrentTokens,
      readiness: Readiness,
      metrics: ActionMetrics,
      audit: AUDIT_LOG,
    }),
    provideClass(RevokeAction, {
      refresher: RefresherClient,
      tokens: CurrentTokens,
      sync: StoreSync,
      metrics: ActionMetrics,
    }),
    provideFrom(
      ACTION_ROUTES,
      {
        refresh: RefreshAction,
        revoke: RevokeAction,
        authenticator: CallerAuthenticator,
        tokens: CurrentTokens,
        readiness: Readiness,
        publicUrl: PublicUrl,
        audit: AUDIT_LOG,
        log: LOG,
      },
      ({ refresh, revoke, ...parts }) =>
        [refresh, revoke].map((action) => new TokenActionRoute(action, parts)),
    ),
  ],
})
export class TokenActionsModule implements OnModuleInit {
  readonly #host: HttpAdapterHost;
  readonly #routes: readonly TokenActionRoute[];

  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(ACTION_ROUTES) routes: readonly TokenActionRoute[],
  ) {
    this.#host = host;
    this.#routes = routes;
  }

  onModuleInit(): void {
    const fastify = this.#host.httpAdapter.getInstance<FastifyInstance>();
    for (const route of this.#routes) route.register(fastify);
  }
}
