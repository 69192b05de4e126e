import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requestOrigin } from './request-origin.ts';

const LOOPBACK_ADDRESS = /^(?:127\.|::1$|::ffff:127\.)/;
const LOOPBACK_NAME = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Refuses what a web page in the developer's browser may send. On loopback the Host header must name this
 * machine, because DNS rebinding makes a page's own name resolve to it. No browser sends a Host that is no
 * host. The control routes refuse pages of other origins.
 */
export function addBrowserGuardHook(instance: FastifyInstance): void {
  instance.addHook('onRequest', async (request, reply) => {
    const refusal = hostRefusal(request) ?? originRefusal(request);
    if (refusal === null) return;
    await reply.code(403).send({ error: 'forbidden', error_description: refusal });
  });
}

function hostRefusal({ socket, host }: FastifyRequest): string | null {
  if (!LOOPBACK_ADDRESS.test(socket.localAddress ?? '') || !URL.canParse(`http://${host}`)) return null;
  if (LOOPBACK_NAME.test(new URL(`http://${host}`).hostname)) return null;
  return 'Host: use localhost, 127.0.0.1 or [::1]; a sandbox on loopback accepts no other name.';
}

function originRefusal(request: FastifyRequest): string | null {
  if (!/^\/sandbox(?:[/?]|$)/.test(request.url)) return null;
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && origin !== requestOrigin(request));
  return isForeign ? 'A browser sent this from a page of another origin.' : null;
}
