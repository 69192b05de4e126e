import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';

import { ListeningPort } from './listening-port.ts';
import { ProblemFilter } from './problem-filter.ts';
import { UnusedConnections } from './unused-connections.ts';

/** The parts of the HTTP server that all routes share. */
@Module({ providers: [{ provide: APP_FILTER, useClass: ProblemFilter }, ListeningPort, UnusedConnections] })
export class HttpModule {}
