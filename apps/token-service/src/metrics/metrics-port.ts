import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import type { Registry, RegistryContentType } from 'prom-client';

/** Serves `/metrics` without authentication on a port of its own, for a network that only the scraper reaches. */
export async function openMetricsPort(
  registry: Registry<RegistryContentType>,
  port: number,
  host: string,
): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}
