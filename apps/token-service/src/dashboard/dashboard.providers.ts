import type { Provider } from '@nestjs/common';

import { DashboardAdmission } from './dashboard-admission.ts';
import { DashboardFeed } from './dashboard-feed.ts';
import { PageFiles } from './page-files.ts';

/** What the web page stands on. */
export const dashboardProviders: Provider[] = [
  { provide: PageFiles, useFactory: () => new PageFiles() },
  DashboardAdmission,
  DashboardFeed,
];
