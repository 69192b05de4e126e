import type { AuthenticationMethod } from '#libs/callers';
import type { FastifyRequest } from 'fastify';

import { traceIdOf } from '../http/request-id.ts';

/** The kinds of requests with an audit record. */
type AuditEvent =
  | 'token.requested'
  | 'token.reported'
  | 'token.revoked'
  | 'status.read'
  | 'metrics.read'
  | 'dashboard.opened'
  | 'authentication.failed';

/**
 * The audit record of one request: for a token, about one, or for the state of the service. It names tokens
 * by their SHA-256.
 */
export interface AuditRecord {
  readonly event: AuditEvent;
  /** How the request ended: a code of `docs/errors.md`, or a word for success. */
  outcome: string;
  /** Null while the caller is not authenticated. */
  caller: string | null;
  method: AuthenticationMethod | null;
  /** The requested name, whether or not a credential has it; null where the request names none. */
  credential: string | null;
  /** The token in the response, or the one that the response names as current. */
  tokenSha256: string | null;
  /** The token that the caller reports or revokes. */
  reportedSha256: string | null;
  /** Seconds until the token in the response expires. */
  expiresIn: number | null;
  readonly requestId: string;
  /** The trace id of the caller's `traceparent` header. */
  readonly traceId: string | null;
  /** Set for unauthenticated requests only. */
  clientAddress: string | null;
  /** The path with placeholders, where the event does not tell it. */
  readonly route: string | null;
  /** The outcome in the line that is written already, before the response; null without one. */
  writtenOutcome: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on routes without an audit record, and until the handler begins one. */
    auditRecord: AuditRecord | null;
  }
}

/** Begins the audit record of a request, and keeps it in `request.auditRecord`. */
export const beginAuditRecord = (
  event: AuditEvent,
  credential: string | null,
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
    route: event === 'authentication.failed' ? (request.routeOptions.url ?? null) : null,
    writtenOutcome: null,
  });

/** Removes the token of a record: it was not handed out. */
export function forgetToken(record: AuditRecord): void {
  record.tokenSha256 = null;
  record.expiresIn = null;
}
