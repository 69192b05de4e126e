import type { Authentication, Caller, CallersFile } from '#libs/callers';
import type { CachedToken, Seconds, TokenVendor } from '#libs/tokens';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import type { Readiness } from '../status/readiness.ts';
import type { VendMetrics } from '../metrics/vend-metrics.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { clientAddress } from '../http/client-address.ts';
import { matches } from './entity-tag.ts';
import type { FailedAuthentications } from '../authentication/failed-authentications.ts';
import type { LongPolls, Poll } from './long-polls.ts';
import { noTokenProblem } from './no-token-problem.ts';
import { Problem } from '../http/problem.ts';
import { sendProblem } from '../http/send-problem.ts';
import { sendNotModified, sendToken } from './token-response.ts';
import { readTokenQuery } from './token-query.ts';
import { beginAuditRecord, type AuditRecord } from '../audit/audit-record.ts';

interface TokenRequest {
  Params: { name: string };
}

interface TokenRouteParts {
  readonly callers: CallersFile;
  readonly failures: FailedAuthentications;
  readonly vendor: TokenVendor;
  readonly polls: LongPolls;
  readonly readiness: Readiness;
  readonly metrics: VendMetrics;
  readonly audit: AuditLog | null;
  readonly log: Logger;
}

/** A request on its way to its answer. */
interface Asked extends Poll {
  readonly request: FastifyRequest<TokenRequest>;
  readonly auditRecord: AuditRecord;
  /** When this process set about it, the last time. */
  start: number;
}

/**
 * `GET /v1/tokens/{name}`: the one hot route. It stands on Fastify itself, answers from this process's memory and
 * waits for nothing unless asked to; whatever it needs is prepared when a token changes, not when somebody asks.
 */
export class TokenRoute {
  readonly #parts: TokenRouteParts;

  constructor(parts: TokenRouteParts) {
    this.#parts = parts;
  }

  register(fastify: FastifyInstance): void {
    fastify.get<TokenRequest>('/v1/tokens/:name', (request, reply) => {
      const auditRecord = beginAuditRecord('token.requested', request.params.name, request);
      this.#begin({ request, reply, auditRecord, start: 0, holding: null });
    });
  }

  /** Also of who was held back: by then the key may be withdrawn, the permission gone, the credential removed. */
  #begin(asked: Asked): void {
    asked.start = performance.now();
    const authentication = this.#parts.callers.authenticate(asked.request.headers.authorization);
    if (authentication instanceof Promise) void authentication.then((done) => this.#finish(asked, done));
    else this.#finish(asked, authentication);
  }

  #finish(asked: Asked, authentication: Authentication): void {
    const { metrics, audit, log } = this.#parts;
    const { reply, auditRecord, start } = asked;
    try {
      if (!this.#answer(asked, authentication)) return;
    } catch (error) {
      auditRecord.outcome = sendProblem(reply, error, log).code;
    }
    if (auditRecord.caller !== null)
      metrics.vended(auditRecord.caller, asked.request.params.name, auditRecord.outcome);
    metrics.took(performance.now() - start);
    audit?.write(auditRecord);
  }

  /** Checks 401, 400, 403, 404, 503, in this order. Says whether it answered: otherwise the request is held back. */
  #answer(asked: Asked, authentication: Authentication): boolean {
    const { request, reply, auditRecord } = asked;
    const caller = this.#recognise(asked, authentication);
    const { minTtl, wait } = readTokenQuery(request);
    const { name } = request.params;
    if (!caller.mayRead(name)) {
      throw new Problem(
        'forbidden',
        'This caller may not read that token; the callers file says which it may.',
      );
    }
    const vended = this.#parts.vendor.vend(name, minTtl);
    if (vended.outcome !== 'vended') throw noTokenProblem(vended, !this.#parts.readiness.isWarmedUp);
    const { sha256 } = vended.cached.token;
    const isUnchanged = matches(request.headers['if-none-match'], sha256);
    if (isUnchanged && wait !== null && this.#holdBack(asked, vended.cached, wait)) return false;
    auditRecord.outcome = isUnchanged ? 'not_modified' : 'vended';
    auditRecord.tokenSha256 = sha256;
    auditRecord.expiresIn = vended.expiresIn;
    if (isUnchanged) sendNotModified(request, reply, vended);
    else sendToken(request, reply, vended);
    return true;
  }

  #holdBack(asked: Asked, held: CachedToken, wait: Seconds): boolean {
    return this.#parts.polls.hold(asked, held, wait, () => this.#begin(asked));
  }

  #recognise({ request, auditRecord }: Asked, authentication: Authentication): Caller {
    const { caller } = authentication;
    auditRecord.caller = caller?.name ?? null;
    auditRecord.method = caller === null ? null : authentication.method;
    if (caller !== null) return caller;
    auditRecord.clientAddress = clientAddress(request);
    throw this.#parts.failures.refuse(authentication.failure, auditRecord.clientAddress);
  }
}
