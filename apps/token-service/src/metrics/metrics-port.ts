import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Registry } from 'prom-client';

import type { ServiceConfig } from '../config/service-config.ts';
import { SERVICE_CONFIG } from '../config/settings.ts';

/**
 * Serves `/metrics` without authentication on `METRICS_PORT`, for a network that only the scraper reaches.
 */
@Injectable()
export class MetricsPort implements OnModuleInit, OnModuleDestroy {
  readonly #registry: Registry;
  readonly #config: ServiceConfig;
  #server: Server | null = null;

  constructor(@Inject(Registry) registry: Registry, @Inject(SERVICE_CONFIG) config: ServiceConfig) {
    this.#registry = registry;
    this.#config = config;
  }

  async onModuleInit(): Promise<void> {
    const { METRICS_PORT: port, HOST: host } = this.#config;
    if (port === undefined) return;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
  }

  onModuleDestroy(): void {
    this.#server?.close();
  }

  #answer({ method, url }: IncomingMessage, response: ServerResponse): void {
    if (method !== 'GET' || url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    this.#registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': this.#registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  }
}
