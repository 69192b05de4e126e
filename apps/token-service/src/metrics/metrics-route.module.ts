import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.ts';
import { AuthenticationModule } from '../authentication/authentication.module.ts';
import { MetricsController } from './metrics.controller.ts';

/** `GET /metrics`, for callers with the permission `metrics`, or `status` for every credential. */
@Module({ imports: [AuditModule, AuthenticationModule], controllers: [MetricsController] })
export class MetricsRouteModule {}
