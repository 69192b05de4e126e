import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.ts';
import { AuthenticationModule } from '../authentication/authentication.module.ts';
import { StoreModule } from '../store/store.module.ts';
import { StatusController } from './status.controller.ts';

/** The status of credentials, for callers with the permission `status`. */
@Module({ imports: [AuditModule, AuthenticationModule, StoreModule], controllers: [StatusController] })
export class StatusModule {}
