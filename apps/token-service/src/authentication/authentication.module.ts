import { Clock } from '#libs/tokens';
import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.ts';
import { provideFrom } from '../injection/provide.ts';
import { StoreModule } from '../store/store.module.ts';
import { AuthenticationMetrics } from './authentication-metrics.ts';
import { AuthenticationThrottle } from './authentication-throttle.ts';
import { CallerAuthenticator } from './caller-authenticator.ts';
import { CallersReloader } from './callers-reloader.ts';
import { FailedAuthentications } from './failed-authentications.ts';

/** The callers file, and the authentication of requests by it. */
@Module({
  imports: [AuditModule, StoreModule],
  providers: [
    provideFrom(AuthenticationThrottle, { clock: Clock }, ({ clock }) => new AuthenticationThrottle(clock)),
    AuthenticationMetrics,
    CallerAuthenticator,
    CallersReloader,
    FailedAuthentications,
  ],
  exports: [CallerAuthenticator, CallersReloader],
})
export class AuthenticationModule {}
