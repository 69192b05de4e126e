import { Module } from '@nestjs/common';

import { StoreModule } from '../store/store.module.ts';
import { HealthController } from './health.controller.ts';
import { Readiness } from './readiness.ts';

/** The probes of orchestrators, in every role. */
@Module({
  imports: [StoreModule],
  controllers: [HealthController],
  providers: [Readiness],
  exports: [Readiness],
})
export class HealthModule {}
