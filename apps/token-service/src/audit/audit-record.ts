import type { FastifyRequest } from 'fastify';

import type { AuditEntry } from './audit-log.ts';
import { traceIdOf } from '../http/request-id.ts';

/** What has been learnt of a request so far: what is counted and audited, whichever way it ends. */
export type AuditRecord = { -readonly [Field in keyof AuditEntry]: AuditEntry[Field] };

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a request for, or about, a token; null until it is begun, and for all others. */
    auditRecord: AuditRecord | null;
  }
}

/** The start of one; the request carries it for whoever follows requests to their end. */
export const beginAuditRecord = (
  event: AuditEntry['event'],
  credential: string,
  request: FastifyRequest,
): AuditRecord =>
  (request.auditRecord = {
    event,
    outcome: '',
    caller: null,
    method: null,
    credential,
    tokenSha256: null,
    reportedSha256: null,
    expiresIn: null,
    requestId: request.id,
    traceId: traceIdOf(request.headers),
    clientAddress: null,
  });
