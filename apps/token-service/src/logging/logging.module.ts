import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from 'pino';

import { LOG, LOG_DESTINATION } from './create-log.ts';
import type { LogDestination, LogHealth } from './log-destination.ts';

interface LoggingModuleOptions {
  readonly log: Logger;
  readonly destination: LogDestination & LogHealth;
}

/** The service's log. It exists before the container, so that a failed start is logged too. */
@Global()
@Module({})
export class LoggingModule {
  static forRoot({ log, destination }: LoggingModuleOptions): DynamicModule {
    return {
      module: LoggingModule,
      providers: [
        { provide: LOG, useValue: log },
        { provide: LOG_DESTINATION, useValue: destination },
      ],
      exports: [LOG, LOG_DESTINATION],
    };
  }
}
