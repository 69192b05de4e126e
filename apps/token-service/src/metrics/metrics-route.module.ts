import { Module } from '@nestjs/common';

import { AuthenticationModule } from '../authentication/authentication.module.ts';
import { MetricsController } from './metrics.controller.ts';

/** `GET /metrics`, for callers with the permission `status`. */
@Module({ imports: [AuthenticationModule], controllers: [MetricsController] })
export class MetricsRouteModule {}
