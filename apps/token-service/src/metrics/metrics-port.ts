import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Registry } from 'prom-client';

import type { ServiceConfig } from '../config/service-config.ts';
import { SERVICE_CONFIG } from '../config/settings.ts';
import { createBoundedServer } from '../http/bounded-server.ts';
import { ConnectionRoom } from '../http/connection-room.ts';
import { Readiness } from '../status/readiness.ts';
import type { Health } from '../status/status-schema.ts';

/** Of the scraper and the orchestrator. More would use descriptors that Redis and IMS need. */
const MAX_CONNECTIONS = 64;

/**
 * Serves `/metrics`, `/livez` and `/readyz` without authentication on `METRICS_PORT`. Only the scraper and
 * the orchestrator should reach that port: callers can then not use up its connections.
 */
@Injectable()
export class MetricsPort implements OnModuleInit, OnModuleDestroy {
  readonly #registry: Registry;
  readonly #readiness: Readiness;
  readonly #config: ServiceConfig;
  #server: Server | null = null;

  constructor(
    @Inject(Registry) registry: Registry,
    @Inject(Readiness) readiness: Readiness,
    @Inject(SERVICE_CONFIG) config: ServiceConfig,
  ) {
    this.#registry = registry;
    this.#readiness = readiness;
    this.#config = config;
  }

  async onModuleInit(): Promise<void> {
    const { METRICS_PORT: port, HOST: host } = this.#config;
    if (port === undefined) return;
    this.#server = createBoundedServer({}, (request, response) => this.#answer(request, response), {
      room: new ConnectionRoom({ total: MAX_CONNECTIONS, perAddress: MAX_CONNECTIONS }),
    });
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
  }

  onModuleDestroy(): void {
    this.#server?.close();
  }

  /**
   * Ignores the query: scrapers add parameters of their own. Node leaves the body out of an answer to HEAD.
   */
  #answer({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
    const path = url.split('?', 1)[0];
    response.setHeader('x-content-type-options', 'nosniff');
    if (path !== '/metrics' && path !== '/livez' && path !== '/readyz') {
      response.writeHead(404).end();
    } else if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else if (path === '/metrics') {
      this.#registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': this.#registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    } else {
      sendHealth(response, path === '/livez' || this.#readiness.isReady);
    }
  }
}

function sendHealth(response: ServerResponse, isGood: boolean): void {
  const health: Health = { status: isGood ? 'ok' : 'error' };
  response
    .writeHead(isGood ? 200 : 503, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    .end(JSON.stringify(health));
}
