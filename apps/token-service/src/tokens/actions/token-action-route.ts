import type { Caller } from '#libs/callers';
import { seconds, type CurrentTokens } from '#libs/tokens';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import type { AuditLog } from '../../audit/audit-log.ts';
import { beginAuditRecord, type AuditRecord } from '../../audit/audit-record.ts';
import type { CallerAuthenticator } from '../../authentication/caller-authenticator.ts';
import { forbiddenProblem } from '../../authentication/forbidden.ts';
import type { PublicUrl } from '../../http/public-url.ts';
import { assertSameOrigin } from '../../http/same-origin.ts';
import { sendProblem } from '../../http/send-problem.ts';
import type { Readiness } from '../../status/readiness.ts';
import { localTokenProblem, noTokenProblem } from '../no-token-problem.ts';
import type { CheckedRequest, TokenAction, TokenActionRequest } from './token-action.ts';
import { readTokenDigest, toBodyProblem } from './token-digest-body.ts';

interface TokenActionRouteParts {
  readonly authenticator: CallerAuthenticator;
  readonly tokens: CurrentTokens;
  readonly readiness: Readiness;
  readonly publicUrl: PublicUrl;
  readonly audit: AuditLog | null;
  readonly log: Logger;
}

type ActionRequest = FastifyRequest<TokenActionRequest>;

/**
 * `POST /v1/tokens/{name}/VERB`: runs one action after the checks that all actions share, in the same order.
 */
export class TokenActionRoute {
  readonly #action: TokenAction;
  readonly #parts: TokenActionRouteParts;
  readonly #callers = new WeakMap<FastifyRequest, Caller>();

  constructor(action: TokenAction, parts: TokenActionRouteParts) {
    this.#action = action;
    this.#parts = parts;
  }

  register(fastify: FastifyInstance): void {
    fastify.post<TokenActionRequest>(`/v1/tokens/:name/${this.#action.verb}`, {
      // Runs before Fastify reads the body: the service reads no body of an unauthenticated request.
      onRequest: async (request) => {
        beginAuditRecord(this.#action.event, request.params.name, request);
        this.#callers.set(request, await this.#parts.authenticator.authenticate(request));
      },
      errorHandler: (error, request, reply) => this.#refuse(error, request, reply),
      handler: async (request, reply) => {
        await this.#action.answer(this.#check(request, reply));
        this.#record(request);
        return reply;
      },
    });
  }

  /** After 401 it checks 400, 403, 404 and 409, in this order. */
  #check(request: ActionRequest, reply: FastifyReply): CheckedRequest {
    const { tokens, readiness, publicUrl, authenticator } = this.#parts;
    const caller = this.#callers.get(request);
    if (caller === undefined) throw new Error('The request was not authenticated');
    const auditRecord = recordOf(request);
    const tokenSha256 = readTokenDigest(request);
    auditRecord.reportedSha256 = tokenSha256;
    assertSameOrigin(request.headers, publicUrl);
    this.#assertAllowed(caller, request);
    const entry = tokens.get(request.params.name);
    if (entry === undefined) {
      const noToken = { outcome: 'credential_not_found', retryAfter: seconds(1) } as const;
      throw noTokenProblem(noToken, { isStarting: !readiness.isWarmedUp });
    }
    if (entry.status?.kind === 'local') throw localTokenProblem();
    const about = { name: entry.name, tokenSha256, caller: caller.name };
    const checkAgain = async (): Promise<void> =>
      this.#assertAllowed(await authenticator.authenticateAgain(request), request);
    return { request, reply, about, auditRecord, checkAgain };
  }

  #assertAllowed(caller: Caller, { params }: ActionRequest): void {
    const { verb } = this.#action;
    if (!this.#action.isAllowed(caller, params.name)) throw forbiddenProblem(caller, verb);
  }

  #refuse(error: unknown, request: ActionRequest, reply: FastifyReply): void {
    recordOf(request).outcome = sendProblem(reply, toBodyProblem(error), this.#parts.log).code;
    this.#record(request);
  }

  #record(request: ActionRequest): void {
    const auditRecord = recordOf(request);
    if (auditRecord.caller !== null) {
      this.#action.count(auditRecord.caller, request.params.name, auditRecord.outcome);
    }
    this.#parts.audit?.write(auditRecord);
  }
}

function recordOf({ auditRecord }: FastifyRequest): AuditRecord {
  if (auditRecord === null) throw new Error('The request has no audit record');
  return auditRecord;
}
