import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import type { FastifyInstance } from 'fastify';

const CHANNEL = 'fastify.initialization';

/** Runs `start`. Returns the routes, as `get /v1/tokens/{name}`, of the server that has the route `mark`. */
export async function servedRoutes(start: () => Promise<unknown>, mark: string): Promise<string[]> {
  const servers: string[][] = [];
  const watch = (message: unknown): void => {
    const routes: string[] = [];
    servers.push(routes);
    (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) {
        if (each !== 'HEAD') routes.push(`${each.toLowerCase()} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
      }
    });
  };
  subscribe(CHANNEL, watch);
  try {
    await start();
  } finally {
    unsubscribe(CHANNEL, watch);
  }
  return servers.find((routes) => routes.includes(mark))?.toSorted() ?? [];
}
