import type { FastifyRequest } from 'fastify';

/** Whether a request is for IMS. IMS's headers, the ledger and the faults apply to it. */
export function isForIms(request: FastifyRequest): boolean {
  return /^\/ims(?:[/?]|$)/.test(request.url);
}

/** Whether a request is for the AEM stand-in. */
export function isForAem(request: FastifyRequest): boolean {
  return /^\/aem(?:[/?]|$)/.test(request.url);
}
