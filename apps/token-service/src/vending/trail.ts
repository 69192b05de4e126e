import type { FastifyRequest } from 'fastify';

import type { AuditEntry } from './audit-log.ts';
import { traceIdOf } from './request-id.ts';

/** What has been learnt of a request so far: what is counted and audited, whichever way it ends. */
export type Trail = { -readonly [Field in keyof AuditEntry]: AuditEntry[Field] };

/** The start of one. */
export const startTrail = (
  event: AuditEntry['event'],
  credential: string,
  request: FastifyRequest,
): Trail => ({
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
