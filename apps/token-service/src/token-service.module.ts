import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import type { Logger } from 'pino';

import { AuditModule } from './audit/audit.module.ts';
import { AuthenticationModule } from './authentication/authentication.module.ts';
import { SettingsModule } from './config/settings.module.ts';
import type { StartSettings } from './config/start-settings.ts';
import { DashboardModule } from './dashboard/dashboard.module.ts';
import { TokenEventsModule } from './events/token-events.module.ts';
import type { ConnectionRoom } from './http/connection-room.ts';
import { HttpModule } from './http/http.module.ts';
import type { LogDestination, LogHealth } from './logging/log-destination.ts';
import { LoggingModule } from './logging/logging.module.ts';
import { MetricsRouteModule } from './metrics/metrics-route.module.ts';
import { MetricsModule } from './metrics/metrics.module.ts';
import { RegistryModule } from './metrics/registry.module.ts';
import { OAuthModule } from './oauth/oauth.module.ts';
import { OpenApiModule } from './openapi/openapi.module.ts';
import { RefreshingModule } from './refreshing/refreshing.module.ts';
import { RemoteRefreshingModule } from './refreshing/remote-refreshing.module.ts';
import { HealthModule } from './status/health.module.ts';
import { StatusModule } from './status/status.module.ts';
import { StoreModule } from './store/store.module.ts';
import { TokenActionsModule } from './tokens/actions/token-actions.module.ts';
import { TokensModule } from './tokens/tokens.module.ts';
import { TracingModule } from './tracing/tracing.module.ts';

/**
 * What exists before the container: the settings, which must be valid for the process to start, and the log.
 */
export interface TokenServiceParts extends StartSettings {
  readonly destination: LogDestination & LogHealth;
  readonly log: Logger;
}

/** The modules of the roles that answer callers. */
const VENDING = [
  AuditModule,
  AuthenticationModule,
  StatusModule,
  MetricsRouteModule,
  TokensModule,
  TokenActionsModule,
  OAuthModule,
  DashboardModule,
  OpenApiModule,
];

/** The token service: the modules of its role. */
@Module({})
export class TokenServiceModule {
  static forRoot(parts: TokenServiceParts, room: ConnectionRoom): DynamicModule {
    const { vending, refreshing } = parts.config;
    return {
      module: TokenServiceModule,
      imports: [
        LoggingModule.forRoot(parts),
        SettingsModule.forRoot(parts),
        RegistryModule,
        TracingModule,
        TokenEventsModule,
        ScheduleModule.forRoot(),
        HttpModule.forRoot(room),
        StoreModule,
        HealthModule,
        MetricsModule,
        refreshing === null ? RemoteRefreshingModule : RefreshingModule,
        ...(vending === null ? [] : VENDING),
      ],
    };
  }
}
