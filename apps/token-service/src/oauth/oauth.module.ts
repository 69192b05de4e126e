import { CallersFile } from '#libs/callers';
import { CurrentTokens, MissingTokens, TokenVendor } from '#libs/tokens';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { AUDIT_LOG } from '../audit/audit-log.ts';
import { AuditModule } from '../audit/audit.module.ts';
import { AuthenticationModule } from '../authentication/authentication.module.ts';
import { CallerAuthenticator } from '../authentication/caller-authenticator.ts';
import { provideClass } from '../injection/provide.ts';
import { LOG } from '../logging/create-log.ts';
import { HealthModule } from '../status/health.module.ts';
import { Readiness } from '../status/readiness.ts';
import { StoreModule } from '../store/store.module.ts';
import { TokensModule } from '../tokens/tokens.module.ts';
import { VendMetrics } from '../tokens/vend-metrics.ts';
import { AuthorizationServerMetadataRoute } from './authorization-server-metadata.ts';
import { OAuthTokenRoute } from './oauth-token-route.ts';

/** Tokens for OAuth clients: the token endpoint (RFC 6749) and its metadata (RFC 8414). */
@Module({
  imports: [AuditModule, AuthenticationModule, HealthModule, StoreModule, TokensModule],
  providers: [
    AuthorizationServerMetadataRoute,
    provideClass(OAuthTokenRoute, {
      callers: CallersFile,
      authenticator: CallerAuthenticator,
      vendor: TokenVendor,
      tokens: CurrentTokens,
      missing: MissingTokens,
      readiness: Readiness,
      metrics: VendMetrics,
      audit: AUDIT_LOG,
      log: LOG,
    }),
  ],
})
export class OAuthModule implements OnModuleInit {
  readonly #host: HttpAdapterHost;
  readonly #token: OAuthTokenRoute;
  readonly #metadata: AuthorizationServerMetadataRoute;

  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(OAuthTokenRoute) token: OAuthTokenRoute,
    @Inject(AuthorizationServerMetadataRoute) metadata: AuthorizationServerMetadataRoute,
  ) {
    this.#host = host;
    this.#token = token;
    this.#metadata = metadata;
  }

  onModuleInit(): void {
    const fastify = this.#host.httpAdapter.getInstance<FastifyInstance>();
    this.#token.register(fastify);
    this.#metadata.register(fastify);
  }
}
