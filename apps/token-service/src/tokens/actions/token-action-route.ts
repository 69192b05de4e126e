import type { Caller, CallersFile } from '#libs/callers';
import { seconds, type CurrentTokens } from '#libs/tokens';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import type { Readiness } from '../../status/readiness.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import { clientAddress } from '../../http/client-address.ts';
import type { FailedAuthentications } from '../../authentication/failed-authentications.ts';
import { readTokenDigest, toBodyProblem } from './token-digest-body.ts';
import { localTokenProblem, noTokenProblem } from '../no-token-problem.ts';
import { Problem } from '../../http/problem.ts';
import type { PublicUrl } from '../../http/public-url.ts';
import { assertSameOrigin } from '../../http/same-origin.ts';
import { sendProblem } from '../../http/send-problem.ts';
import type { AskedAction, TokenAction, TokenActionRequest } from './token-action.ts';
import { beginAuditRecord, type AuditRecord } from '../../audit/audit-record.ts';

interface TokenActionRouteParts {
  readonly callers: CallersFile;
  readonly failures: FailedAuthentications;
  readonly tokens: CurrentTokens;
  readonly readiness: Readiness;
  readonly publicUrl: PublicUrl;
  readonly audit: AuditLog | null;
  readonly log: Logger;
}

/** What is known of a request whose body has yet to be read. */
interface Recognised {
  readonly auditRecord: AuditRecord;
  caller: Caller | null;
}

type ActionRequest = FastifyRequest<TokenActionRequest>;

/** `POST /v1/tokens/{name}/VERB`: whatever callers have done about a token, under the same checks in the same order. */
export class TokenActionRoute {
  readonly #action: TokenAction;
  readonly #parts: TokenActionRouteParts;
  readonly #recognised = new WeakMap<FastifyRequest, Recognised>();

  constructor(action: TokenAction, parts: TokenActionRouteParts) {
    this.#action = action;
    this.#parts = parts;
  }

  register(fastify: FastifyInstance): void {
    fastify.post<TokenActionRequest>(`/v1/tokens/:name/${this.#action.verb}`, {
      // Before the body is read: of strangers none is.
      onRequest: async (request) => this.#recognise(request),
      errorHandler: (error, request, reply) => this.#refuse(error, request, reply),
      handler: async (request, reply) => {
        const asked = this.#check(request, reply);
        await this.#action.answer(asked);
        this.#record(request);
        return reply;
      },
    });
  }

  async #recognise(request: ActionRequest): Promise<void> {
    const auditRecord = beginAuditRecord(this.#action.event, request.params.name, request);
    const recognised: Recognised = { auditRecord, caller: null };
    this.#recognised.set(request, recognised);
    recognised.caller = await this.#authenticate(request, auditRecord);
  }

  async #authenticate(request: ActionRequest, auditRecord: AuditRecord): Promise<Caller> {
    const authentication = await this.#parts.callers.authenticate(request.headers.authorization);
    const { caller } = authentication;
    auditRecord.caller = caller?.name ?? null;
    auditRecord.method = caller === null ? null : authentication.method;
    if (caller !== null) return caller;
    auditRecord.clientAddress = clientAddress(request);
    throw this.#parts.failures.refuse(authentication.failure, auditRecord.clientAddress);
  }

  /** After 401: 400, 403, 404, 409, in this order. */
  #check(request: ActionRequest, reply: FastifyReply): AskedAction {
    const { caller, auditRecord } = this.#of(request);
    if (caller === null) throw new Error('A request came past its authentication');
    const tokenSha256 = readTokenDigest(request);
    auditRecord.reportedSha256 = tokenSha256;
    assertSameOrigin(request.headers, this.#parts.publicUrl);
    this.#mustBeAllowed(caller, request);
    const { tokens, readiness } = this.#parts;
    const entry = tokens.get(request.params.name);
    if (entry === undefined) {
      const nothing = { outcome: 'credential_not_found', retryAfter: seconds(1) } as const;
      throw noTokenProblem(nothing, !readiness.isWarmedUp);
    }
    if (entry.status?.kind === 'local') throw localTokenProblem();
    const about = { name: entry.name, tokenSha256, caller: caller.name };
    const checkAgain = async (): Promise<void> =>
      this.#mustBeAllowed(await this.#authenticate(request, auditRecord), request);
    return { request, reply, about, auditRecord, checkAgain };
  }

  #mustBeAllowed(caller: Caller, { params }: ActionRequest): void {
    const { verb } = this.#action;
    if (this.#action.isAllowed(caller, params.name)) return;
    throw new Problem(
      'forbidden',
      `This caller may not ${verb} tokens of that name; the callers file says which it may.`,
    );
  }

  #refuse(error: unknown, request: ActionRequest, reply: FastifyReply): void {
    this.#of(request).auditRecord.outcome = sendProblem(reply, toBodyProblem(error), this.#parts.log).code;
    this.#record(request);
  }

  #record(request: ActionRequest): void {
    const { auditRecord } = this.#of(request);
    if (auditRecord.caller !== null)
      this.#action.count(auditRecord.caller, request.params.name, auditRecord.outcome);
    this.#parts.audit?.write(auditRecord);
  }

  #of(request: ActionRequest): Recognised {
    const recognised = this.#recognised.get(request);
    if (recognised === undefined) throw new Error('A request came past its authentication');
    return recognised;
  }
}
