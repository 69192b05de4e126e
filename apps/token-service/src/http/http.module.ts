import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';

import { ConnectionMetrics } from './connection-metrics.ts';
import { ConnectionRoom } from './connection-room.ts';
import { ListeningPort } from './listening-port.ts';
import { OpenConnections } from './open-connections.ts';
import { ProblemFilter } from './problem-filter.ts';

/** The parts of the HTTP server that all routes share. */
@Module({})
export class HttpModule {
  static forRoot(room: ConnectionRoom): DynamicModule {
    return {
      module: HttpModule,
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: ConnectionRoom, useValue: room },
        ConnectionMetrics,
        ListeningPort,
        OpenConnections,
      ],
    };
  }
}
