import { CurrentTokens } from '#libs/tokens';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { TRACING, type Tracing } from './tracing.ts';

/** Adds the spans of requests to Fastify. */
@Injectable()
export class RequestTracing implements OnModuleInit {
  readonly #host: HttpAdapterHost;
  readonly #tracing: Tracing;
  readonly #tokens: CurrentTokens;

  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(TRACING) tracing: Tracing,
    @Inject(CurrentTokens) tokens: CurrentTokens,
  ) {
    this.#host = host;
    this.#tracing = tracing;
    this.#tokens = tokens;
  }

  onModuleInit(): void {
    this.#tracing.requests(this.#host.httpAdapter.getInstance<FastifyInstance>(), this.#tokens);
  }
}
