import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';

import { ListeningPort } from './listening-port.ts';
import { OpenConnections } from './open-connections.ts';
import { ProblemFilter } from './problem-filter.ts';

/** The parts of the HTTP server that all routes share. */
@Module({ providers: [{ provide: APP_FILTER, useClass: ProblemFilter }, ListeningPort, OpenConnections] })
export class HttpModule {}
