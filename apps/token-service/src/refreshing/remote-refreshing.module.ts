import { Module } from '@nestjs/common';

import { HealthModule } from '../status/health.module.ts';
import { ServingWarmUp } from '../status/serving-warm-up.ts';
import { StoreModule } from '../store/store.module.ts';
import { LookNow } from './look-now.ts';
import { RemoteLookNow } from './remote-look-now.ts';

/** The role `vend`: other processes hold the credentials and refresh the tokens. */
@Module({
  imports: [HealthModule, StoreModule],
  providers: [ServingWarmUp, { provide: LookNow, useClass: RemoteLookNow }],
  exports: [LookNow],
})
export class RemoteRefreshingModule {}
