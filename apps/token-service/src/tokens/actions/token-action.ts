import type { Caller } from '#libs/callers';
import type { TokenReference } from '#libs/tokens';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { AuditRecord } from '../../audit/audit-record.ts';

export interface TokenActionRequest {
  Params: { name: string };
}

/** A request for an action that has passed every check. */
export interface CheckedRequest {
  readonly request: FastifyRequest<TokenActionRequest>;
  readonly reply: FastifyReply;
  readonly about: TokenReference;
  readonly auditRecord: AuditRecord;
  /**
   * Authenticates and authorizes the caller again. An action that waits and then responds with a token needs
   * it: meanwhile the key may have been removed from the callers file, or the permission.
   * @throws Problem `unauthenticated` or `forbidden`
   */
  readonly checkAgain: () => Promise<void>;
}

/** An action on a token that the caller names by its SHA-256. */
export interface TokenAction {
  /** The last segment of the path, and the permission that the action requires. */
  readonly verb: 'refresh' | 'revoke';
  readonly event: AuditRecord['event'];
  isAllowed(caller: Caller, name: string): boolean;
  /**
   * Performs the action and sends the response.
   * @throws Problem where it cannot be performed
   */
  answer(checked: CheckedRequest): Promise<void>;
  /** Counts a request of an authenticated caller; `name` is the requested name. */
  count(caller: string, name: string, outcome: string): void;
}
