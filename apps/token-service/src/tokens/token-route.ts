import type { Caller } from '#libs/callers';
import type {
  CachedToken,
  CurrentTokens,
  MissingTokens,
  NoToken,
  Seconds,
  TokenVendor,
  VendedToken,
} from '#libs/tokens';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import type { AuditLog } from '../audit/audit-log.ts';
import { beginAuditRecord, forgetToken, type AuditRecord } from '../audit/audit-record.ts';
import type { CallerAuthenticator } from '../authentication/caller-authenticator.ts';
import { forbiddenProblem } from '../authentication/forbidden.ts';
import { matches } from '../http/entity-tag.ts';
import type { Problem } from '../http/problem.ts';
import { sendProblem } from '../http/send-problem.ts';
import type { Readiness } from '../status/readiness.ts';
import type { LongPoll, LongPolls } from './long-polls.ts';
import { noTokenProblem } from './no-token-problem.ts';
import { EMPTY_QUERY, readTokenQuery } from './token-query.ts';
import { sendNotModified, sendToken } from './token-response.ts';
import type { VendMetrics } from './vend-metrics.ts';

interface TokenRequest {
  Params: { name: string };
}

interface TokenRouteParts {
  readonly authenticator: CallerAuthenticator;
  readonly vendor: TokenVendor;
  readonly tokens: CurrentTokens;
  readonly missing: MissingTokens;
  readonly polls: LongPolls;
  readonly readiness: Readiness;
  readonly metrics: VendMetrics;
  readonly audit: AuditLog | null;
  readonly log: Logger;
}

/** A request without a response yet. */
interface PendingRequest extends LongPoll {
  readonly request: FastifyRequest<TokenRequest>;
  readonly auditRecord: AuditRecord;
  /** When this process began to handle it, for the last time; milliseconds of `performance.now`. */
  start: number;
  /** Whether this process has looked for the token that it lacks. */
  hasSearched: boolean;
}

/**
 * `GET /v1/tokens/{name}`, the one hot route. It stands on Fastify itself and answers from the memory of this
 * process. It awaits nothing except the verification of a new JWT, a long poll, and for a second at most a
 * token that this process lacks.
 */
export class TokenRoute {
  readonly #parts: TokenRouteParts;

  constructor(parts: TokenRouteParts) {
    this.#parts = parts;
  }

  register(fastify: FastifyInstance): void {
    fastify.get<TokenRequest>('/v1/tokens/:name', (request, reply) => {
      const auditRecord = beginAuditRecord('token.requested', request.params.name, request);
      this.#handle({ request, reply, auditRecord, caller: '', start: 0, wait: null, hasSearched: false });
    });
  }

  /**
   * Also runs after a wait: meanwhile the key, the permission or the credential may have been removed. A key
   * that was removed is no guess, so the service does not throttle its address.
   */
  #handle(pending: PendingRequest): void {
    pending.start = performance.now();
    let caller: Caller | Promise<Caller>;
    try {
      const { authenticator } = this.#parts;
      const { request } = pending;
      caller =
        pending.wait === null
          ? authenticator.authenticate(request)
          : authenticator.authenticateAgain(request);
    } catch (error) {
      this.#refuse(pending, error);
      return;
    }
    if (!(caller instanceof Promise)) this.#respond(pending, caller);
    else {
      void caller.then(
        (verified) => this.#respond(pending, verified),
        (error: unknown) => this.#refuse(pending, error),
      );
    }
  }

  #respond(pending: PendingRequest, caller: Caller): void {
    try {
      if (!this.#answer(pending, caller)) return;
    } catch (error) {
      this.#refuse(pending, error);
      return;
    }
    this.#record(pending);
  }

  /**
   * After 401 it checks 400, 403, 404 and 503, in this order.
   * @returns false where the response is delayed
   */
  #answer(pending: PendingRequest, caller: Caller): boolean {
    const { request, reply, auditRecord } = pending;
    const { minTtl, wait } = request.url.includes('?') ? readTokenQuery(request) : EMPTY_QUERY;
    const { name } = request.params;
    if (!caller.mayRead(name)) {
      throw forbiddenProblem(caller, 'read');
    }
    const vended = this.#parts.vendor.vend(name, minTtl);
    if (vended.outcome !== 'vended') {
      if (this.#search(pending, caller, vended)) return false;
      throw this.#noToken(name, vended);
    }
    const { sha256 } = vended.cached.token;
    const ifNoneMatch = request.headers['if-none-match'];
    const isUnchanged = ifNoneMatch !== undefined && matches(ifNoneMatch, sha256);
    if (isUnchanged && wait !== null && this.#delay(pending, caller, vended.cached, wait)) return false;
    // A response to HEAD has no body, so it hands out no token.
    const sent = request.method === 'HEAD' ? 'headers_only' : 'vended';
    auditRecord.outcome = isUnchanged ? 'not_modified' : sent;
    auditRecord.tokenSha256 = sha256;
    auditRecord.expiresIn = vended.expiresIn;
    if (isUnchanged) {
      sendNotModified(request, reply, vended);
      return true;
    }
    const recorded = sent === 'vended' ? (this.#parts.audit?.beforeHandOut(auditRecord) ?? null) : null;
    if (recorded === null) {
      sendToken(request, reply, vended);
      return true;
    }
    void recorded
      .then(() => this.#sendRecorded(pending, vended, minTtl))
      .catch((error: unknown) => this.#refuse(pending, error));
    return false;
  }

  /** Sends a token whose audit line was written first, with the times of this moment. */
  #sendRecorded(pending: PendingRequest, { cached }: VendedToken, minTtl: Seconds | null): void {
    const vended = this.#parts.vendor.vend(pending.request.params.name, minTtl);
    if (vended.outcome !== 'vended' || vended.cached !== cached) {
      // Meanwhile the token was replaced: another one needs a line of its own.
      forgetToken(pending.auditRecord);
      this.#handle(pending);
      return;
    }
    sendToken(pending.request, pending.reply, vended);
    this.#record(pending);
  }

  /** Delays the response while this process looks for the token. Once a request, for a second at most. */
  #search(pending: PendingRequest, caller: Caller, outcome: NoToken): boolean {
    if (pending.hasSearched) return false;
    pending.hasSearched = true;
    const search = this.#parts.missing.search(pending.request.params.name, outcome);
    void search?.then(() => this.#resume(pending, caller));
    return search !== null;
  }

  #resume(pending: PendingRequest, caller: Caller): void {
    pending.start = performance.now();
    this.#respond(pending, caller);
  }

  #noToken(name: string, outcome: NoToken): Problem {
    const { tokens, readiness } = this.#parts;
    return noTokenProblem(outcome, { isStarting: !readiness.isWarmedUp, status: tokens.get(name)?.status });
  }

  #delay(pending: PendingRequest, caller: Caller, cached: CachedToken, wait: Seconds): boolean {
    pending.caller = caller.name;
    return this.#parts.polls.delay(pending, cached, wait, () => this.#handle(pending));
  }

  #refuse(pending: PendingRequest, error: unknown): void {
    pending.auditRecord.outcome = sendProblem(pending.reply, error, this.#parts.log).code;
    this.#record(pending);
  }

  #record({ request, auditRecord, start }: PendingRequest): void {
    const { metrics, audit } = this.#parts;
    if (auditRecord.caller !== null) {
      metrics.vended(auditRecord.caller, request.params.name, auditRecord.outcome);
    }
    metrics.took(performance.now() - start);
    audit?.write(auditRecord);
  }
}
