import { Module } from '@nestjs/common';

import { AuditModule } from '../audit/audit.module.ts';
import { AuthenticationModule } from '../authentication/authentication.module.ts';
import { StoreModule } from '../store/store.module.ts';
import { DashboardAdmission } from './dashboard-admission.ts';
import { DashboardFeed } from './dashboard-feed.ts';
import { DashboardController } from './dashboard.controller.ts';
import { PageFiles } from './page-files.ts';

/** The web page that shows the state of all credentials. */
@Module({
  imports: [AuditModule, AuthenticationModule, StoreModule],
  controllers: [DashboardController],
  providers: [{ provide: PageFiles, useFactory: () => new PageFiles() }, DashboardAdmission, DashboardFeed],
})
export class DashboardModule {}
