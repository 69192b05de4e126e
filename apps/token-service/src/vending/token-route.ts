import type { Authentication, CallersFile } from '#libs/callers';
import type { NoToken, TokenVendor } from '#libs/tokens';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Readiness } from '../monitoring/readiness.ts';
import type { VendMetrics } from '../monitoring/vend-metrics.ts';
import { prefersText } from './accept.ts';
import type { AuditEntry, AuditLog } from './audit-log.ts';
import { matches } from './entity-tag.ts';
import { readMinTtl } from './min-ttl.ts';
import { noTokenProblem } from './no-token-problem.ts';
import { Problem } from './problem.ts';
import { toProblem } from './to-problem.ts';
import { tokenBody, tokenTag } from './token-answer.ts';
import { unauthenticated } from './unauthenticated.ts';

interface TokenRequest {
  Params: { name: string };
}

interface TokenRouteParts {
  readonly callers: CallersFile;
  readonly vendor: TokenVendor;
  readonly readiness: Readiness;
  readonly metrics: VendMetrics;
  readonly audit: AuditLog | null;
}

/** What has been learnt of a request so far: what is counted and audited, whichever way it ends. */
type Trail = { -readonly [Field in keyof AuditEntry]: AuditEntry[Field] };

/**
 * `GET /v1/tokens/{name}`: the one hot route. It stands on Fastify itself, answers from this process's memory and
 * never waits; whatever it needs is prepared when a token changes, not when somebody asks.
 */
export class TokenRoute {
  readonly #parts: TokenRouteParts;

  constructor(parts: TokenRouteParts) {
    this.#parts = parts;
  }

  register(fastify: FastifyInstance): void {
    fastify.get<TokenRequest>('/v1/tokens/:name', (request, reply) => this.#handle(request, reply));
  }

  #handle(request: FastifyRequest<TokenRequest>, reply: FastifyReply): void {
    const start = performance.now();
    const { metrics, audit } = this.#parts;
    const credential = request.params.name;
    const trail: Trail = {
      outcome: '',
      caller: null,
      method: null,
      credential,
      tokenSha256: null,
      expiresIn: null,
    };
    const finish = (authentication: Authentication): void => {
      try {
        this.#answer(request, reply, authentication, trail);
      } catch (error) {
        const problem = toProblem(error);
        trail.outcome = problem.code;
        void reply.code(problem.status).headers(problem.toHeaders()).send(problem.toBody());
      }
      if (trail.caller !== null) metrics.vended(trail.caller, credential, trail.outcome);
      metrics.took(performance.now() - start);
      audit?.write(trail);
    };
    const authentication = this.#parts.callers.authenticate(request.headers.authorization);
    if (authentication instanceof Promise) void authentication.then(finish);
    else finish(authentication);
  }

  #answer(
    request: FastifyRequest<TokenRequest>,
    reply: FastifyReply,
    authentication: Authentication,
    trail: Trail,
  ): void {
    const { metrics } = this.#parts;
    const { headers } = request;
    if (authentication.caller === null) {
      metrics.authenticationFailed(authentication.failure);
      throw unauthenticated(authentication.failure);
    }
    const { caller, method } = authentication;
    trail.caller = caller.name;
    trail.method = method;
    const minTtl = readMinTtl(request.query);
    if (!caller.mayRead(trail.credential)) {
      throw new Problem(
        'forbidden',
        'This caller may not read that token; the callers file says which it may.',
      );
    }
    const vended = this.#parts.vendor.vend(trail.credential, minTtl);
    if (vended.outcome !== 'vended') throw this.#refusal(vended);
    trail.outcome = 'vended';
    trail.tokenSha256 = vended.held.record.token.sha256;
    trail.expiresIn = vended.expiresIn;
    reply.header('cache-control', 'no-store').header('etag', tokenTag(vended));
    if (matches(headers['if-none-match'], trail.tokenSha256)) {
      trail.outcome = 'not_modified';
      void reply.code(304).send();
    } else if (prefersText(headers.accept)) {
      void reply.header('content-type', 'text/plain; charset=utf-8').send(vended.held.record.token.reveal());
    } else {
      void reply.header('content-type', 'application/json').send(tokenBody(vended));
    }
  }

  /** Until the first look around, an unknown name may only be one not read yet. */
  #refusal(nothing: NoToken): Problem {
    const isStarting =
      !this.#parts.readiness.firstPassDone &&
      (nothing.outcome === 'credential_not_found' || nothing.outcome === 'token_unavailable');
    return isStarting
      ? new Problem('starting', 'The service has not read its credentials yet; ask again in a moment.', {
          retryAfter: nothing.retryAfter,
        })
      : noTokenProblem(nothing);
  }
}
