import type { Caller } from '#libs/callers';
import type { TokenReference } from '#libs/tokens';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { AuditEntry } from '../../audit/audit-log.ts';
import type { AuditRecord } from '../../audit/audit-record.ts';

export interface TokenActionRequest {
  Params: { name: string };
}

/** A request for one, after everything about it was found in order. */
export interface AskedAction {
  readonly request: FastifyRequest<TokenActionRequest>;
  readonly reply: FastifyReply;
  readonly about: TokenReference;
  readonly auditRecord: AuditRecord;
  /**
   * For an action that waits and then hands something out: by then the key may be withdrawn, the permission gone.
   * @throws Problem
   */
  readonly checkAgain: () => Promise<void>;
}

/** Something that callers have done about a token they name by its SHA-256. */
export interface TokenAction {
  /** The end of its path, and of the permission it takes. */
  readonly verb: 'refresh' | 'revoke';
  readonly event: AuditEntry['event'];
  isAllowed(caller: Caller, name: string): boolean;
  /**
   * Does it, and answers.
   * @throws Problem where it can't be done
   */
  answer(asked: AskedAction): Promise<void>;
  /** Counts how a request of a known caller ended; the name is as asked for. */
  count(caller: string, name: string, outcome: string): void;
}
