import { isIPv4 } from 'node:net';

import type { FastifyInstance } from 'fastify';

import { Problem } from './problem.ts';

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i;

const FOREIGN =
  'Host: a service on loopback answers to no domain but that of PUBLIC_URL. ' +
  'Use localhost, 127.0.0.1 or [::1]; behind a proxy, set PUBLIC_URL or TRUSTED_PROXIES.';

/** Whether a server that listens on this host is reached from this machine only. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/**
 * Refuses requests to another domain than that of PUBLIC_URL. A web page in the browser of a developer can
 * let its own domain resolve to 127.0.0.1 (DNS rebinding). It cannot do so with an address, or with a name
 * without a dot, which only this network resolves.
 * @param publicUrl as configured; undefined where it is not
 */
export function addHostGuard(fastify: FastifyInstance, publicUrl: string | undefined): void {
  const publicHost = publicUrl === undefined ? null : new URL(publicUrl).hostname;
  /** Clients send the same host again and again, and parsing it would be a tenth of the cost of a vend. */
  let lastAllowed: string | undefined;
  fastify.addHook('onRequest', ({ headers: { host } }, _reply, done) => {
    if (host !== lastAllowed && isForeign(host, publicHost)) {
      done(new Problem('forbidden', FOREIGN));
      return;
    }
    lastAllowed = host;
    done();
  });
}

function isForeign(host: string | undefined, publicHost: string | null): boolean {
  const name = URL.parse(`http://${host}`)?.hostname ?? '';
  const isDomain = name.includes('.') && !isIPv4(name) && !name.startsWith('[');
  return isDomain && name !== publicHost;
}
