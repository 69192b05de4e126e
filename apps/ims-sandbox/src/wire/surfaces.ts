import type { FastifyRequest } from 'fastify';

/** Whether a request is for IMS: those get its headers, its ledger and its faults. */
export function isForIms(request: FastifyRequest): boolean {
  return /^\/ims(?:[/?]|$)/.test(request.url);
}

/** Whether a request is for the AEM stand-in. */
export function isForAem(request: FastifyRequest): boolean {
  return /^\/aem(?:[/?]|$)/.test(request.url);
}
