import { Clock, CurrentTokens, MissingTokens, TokenVendor } from '#libs/tokens';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { AUDIT_LOG } from '../audit/audit-log.ts';
import { AuditModule } from '../audit/audit.module.ts';
import { AuthenticationModule } from '../authentication/authentication.module.ts';
import { CallerAuthenticator } from '../authentication/caller-authenticator.ts';
import { CallersReloader } from '../authentication/callers-reloader.ts';
import { provideClass } from '../injection/provide.ts';
import { LOG } from '../logging/create-log.ts';
import { HealthModule } from '../status/health.module.ts';
import { Readiness } from '../status/readiness.ts';
import { StoreModule } from '../store/store.module.ts';
import { RequestTracing } from '../tracing/request-tracing.ts';
import { LongPollGauge } from './long-poll-gauge.ts';
import { LongPolls } from './long-polls.ts';
import { TokenRoute } from './token-route.ts';
import { TokenWaiters } from './token-waiters.ts';
import { VendMetrics } from './vend-metrics.ts';

/** `GET /v1/tokens/{name}`: the route for tokens, with long polls. */
@Module({
  imports: [AuditModule, AuthenticationModule, HealthModule, StoreModule],
  providers: [
    provideClass(LongPolls, { waiters: TokenWaiters, clock: Clock }),
    provideClass(TokenRoute, {
      authenticator: CallerAuthenticator,
      vendor: TokenVendor,
      tokens: CurrentTokens,
      missing: MissingTokens,
      polls: LongPolls,
      readiness: Readiness,
      metrics: VendMetrics,
      audit: AUDIT_LOG,
      log: LOG,
    }),
    LongPollGauge,
    RequestTracing,
    TokenWaiters,
    VendMetrics,
  ],
  exports: [TokenWaiters, VendMetrics],
})
export class TokensModule implements OnModuleInit {
  readonly #host: HttpAdapterHost;
  readonly #route: TokenRoute;

  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(TokenRoute) route: TokenRoute,
    @Inject(TokenWaiters) waiters: TokenWaiters,
    @Inject(CallersReloader) callers: CallersReloader,
  ) {
    this.#host = host;
    this.#route = route;
    // A caller whose key is removed must not wait for the next token to learn it.
    callers.onChange(() => waiters.wakeAll());
  }

  onModuleInit(): void {
    this.#route.register(this.#host.httpAdapter.getInstance<FastifyInstance>());
  }
}
