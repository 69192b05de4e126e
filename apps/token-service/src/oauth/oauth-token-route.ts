import type { Authentication, CallersFile } from '#libs/callers';
import type { CurrentTokens, MissingTokens, NoToken, TokenVendor, VendedToken } from '#libs/tokens';
import { NotFoundException } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import type { Readiness } from '../status/readiness.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { clientAddress } from '../http/client-address.ts';
import type { CallerAuthenticator } from '../authentication/caller-authenticator.ts';
import { toProblem } from '../http/to-problem.ts';
import { beginAuditRecord, forgetToken, type AuditRecord } from '../audit/audit-record.ts';
import type { VendMetrics } from '../tokens/vend-metrics.ts';
import { authenticateAssertion } from './authenticate-assertion.ts';
import { authenticateClient } from './authenticate-client.ts';
import { readFormParameters, type FormParameters } from './form-parameters.ts';
import { OAuthError } from './oauth-error.ts';
import { noTokenError, refusedScope, unknownClient, wrongRequest } from './oauth-refusals.ts';
import type { OAuthToken } from './oauth-schema.ts';
import { readRequestedScope } from './requested-scope.ts';
import { sendJson } from './send-json.ts';
import { toOAuthError } from './to-oauth-error.ts';

interface OAuthTokenRouteParts {
  readonly callers: CallersFile;
  readonly authenticator: CallerAuthenticator;
  readonly vendor: TokenVendor;
  readonly tokens: CurrentTokens;
  readonly missing: MissingTokens;
  readonly readiness: Readiness;
  readonly metrics: VendMetrics;
  readonly audit: AuditLog | null;
  readonly log: Logger;
}

interface OAuthTokenRequest {
  Body: string | undefined;
}

/** A request without a response yet. */
interface PendingRequest {
  readonly request: FastifyRequest<OAuthTokenRequest>;
  readonly reply: FastifyReply;
  readonly auditRecord: AuditRecord;
  /** Milliseconds of `performance.now`. */
  readonly start: number;
  /** Whether this process has looked for the token that it lacks. */
  hasSearched: boolean;
}

const PATH = '/oauth/token';
/** Every body is read before its client is authenticated. An assertion has 2,000 characters or so. */
const BODY_LIMIT_BYTES = 8 * 1024;
/** The audit cuts a requested name to this length; the name of every credential is shorter. */
const AUDITED_SCOPE_LENGTH = 200;

/** `POST /oauth/token`: vends tokens to OAuth clients by the client credentials grant (RFC 6749 §4.4). */
export class OAuthTokenRoute {
  readonly #parts: OAuthTokenRouteParts;

  constructor(parts: OAuthTokenRouteParts) {
    this.#parts = parts;
  }

  /**
   * Registers a Fastify scope of its own: its bodies, its errors and its answer to a wrong method follow
   * OAuth.
   */
  register(fastify: FastifyInstance): void {
    void fastify.register(
      (endpoint, _options, done) => {
        endpoint.removeAllContentTypeParsers();
        endpoint.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) =>
          parsed(null, body),
        );
        // Fastify refuses some requests before it reads the body, such as one over the limit.
        endpoint.setErrorHandler((error, request, reply) => this.#refuseUnread(request, reply, error));
        endpoint.setNotFoundHandler((request, reply) => this.#refuseOther(request, reply));
        endpoint.post<OAuthTokenRequest>(
          '/',
          { prefixTrailingSlash: 'no-slash', bodyLimit: BODY_LIMIT_BYTES },
          (request, reply) => this.#handle(request, reply),
        );
        done();
      },
      { prefix: PATH },
    );
  }

  #handle(request: FastifyRequest<OAuthTokenRequest>, reply: FastifyReply): void {
    const pending: PendingRequest = {
      request,
      reply,
      auditRecord: beginAuditRecord('token.requested', '', request),
      start: performance.now(),
      hasSearched: false,
    };
    this.#respond(pending, () => {
      const { headers, query, body } = request;
      if (Object.keys(query as object).length > 0) {
        throw new OAuthError('invalid_request', 'Send all parameters in the body, none in the URL.');
      }
      const parameters = readFormParameters(headers['content-type'], body ?? '');
      pending.auditRecord.credential = parameters.get('scope')?.slice(0, AUDITED_SCOPE_LENGTH) ?? '';
      const authentication = this.#authenticate(request, parameters);
      return authentication instanceof Promise
        ? authentication.then((done) => this.#answer(pending, parameters, done))
        : this.#answer(pending, parameters, authentication);
    });
  }

  /** Sends what `answer` returns, or its error. */
  #respond(pending: PendingRequest, answer: () => OAuthToken | Promise<OAuthToken>): void {
    try {
      const token = answer();
      if (token instanceof Promise) {
        void token
          .then((later) => this.#send(pending, later))
          .catch((error: unknown) => this.#fail(pending, error));
      } else this.#send(pending, token);
    } catch (error) {
      this.#fail(pending, error);
    }
  }

  #send(pending: PendingRequest, token: OAuthToken): void {
    sendJson(uncached(pending.reply), JSON.stringify(token));
    this.#finish(pending);
  }

  #fail(pending: PendingRequest, error: unknown): void {
    pending.auditRecord.outcome = this.#refuse(pending.reply, error).outcome;
    this.#finish(pending);
  }

  #finish({ request, auditRecord, start }: PendingRequest): void {
    this.#parts.metrics.took(performance.now() - start);
    this.#record(request, auditRecord);
  }

  /** A promise only for a JWT that is not verified yet. */
  #authenticate(
    request: FastifyRequest,
    parameters: FormParameters,
  ): Authentication | Promise<Authentication> {
    const { callers } = this.#parts;
    const { authorization } = request.headers;
    return (
      authenticateAssertion(authorization, parameters, callers, request) ??
      authenticateClient(authorization, parameters, callers)
    );
  }

  #record(request: FastifyRequest, auditRecord: AuditRecord): void {
    const { metrics, audit } = this.#parts;
    if (auditRecord.caller === null) auditRecord.clientAddress = clientAddress(request);
    else metrics.vended(auditRecord.caller, auditRecord.credential ?? '', auditRecord.outcome);
    audit?.write(auditRecord);
  }

  /**
   * A promise with `AUDIT_REQUIRED`, as the audit line is written before the token is sent, and where this
   * process lacks the token.
   */
  #answer(
    pending: PendingRequest,
    parameters: FormParameters,
    authentication: Authentication,
  ): OAuthToken | Promise<OAuthToken> {
    const { authenticator, vendor, audit } = this.#parts;
    const { auditRecord } = pending;
    const caller = authenticator.accept(pending.request, authentication, unknownClient);
    const scope = readRequestedScope(parameters);
    if (!caller.mayRead(scope)) throw refusedScope('forbidden');
    const vended = vendor.vend(scope);
    if (vended.outcome !== 'vended') {
      const search = this.#search(pending, scope, vended);
      if (search === null) throw this.#noToken(scope, vended);
      return search.then(() => this.#answer(pending, parameters, authentication));
    }
    auditRecord.outcome = 'vended';
    auditRecord.tokenSha256 = vended.cached.token.sha256;
    auditRecord.expiresIn = vended.expiresIn;
    const recorded = audit?.beforeHandOut(auditRecord) ?? null;
    if (recorded === null) return tokenOf(vended, scope);
    return recorded.then(() => {
      const current = vendor.vend(scope);
      if (current.outcome === 'vended' && current.cached === vended.cached) return tokenOf(current, scope);
      // Meanwhile the token was replaced: another one needs a line of its own.
      forgetToken(auditRecord);
      return this.#answer(pending, parameters, authentication);
    });
  }

  #noToken(scope: string, outcome: NoToken): OAuthError {
    const { tokens, readiness } = this.#parts;
    return noTokenError(outcome, { isStarting: !readiness.isWarmedUp, status: tokens.get(scope)?.status });
  }

  /** Looks for a token that this process lacks, once a request, for a second at most. */
  #search(pending: PendingRequest, scope: string, outcome: NoToken): Promise<void> | null {
    if (pending.hasSearched) return null;
    pending.hasSearched = true;
    return this.#parts.missing.search(scope, outcome);
  }

  /** Refuses a wrong request to this path in OAuth's form; other paths get the usual 404. */
  #refuseOther(request: FastifyRequest, reply: FastifyReply): void {
    const [path = ''] = request.url.split('?', 1);
    const error = wrongRequest(path, PATH);
    if (error !== null) {
      this.#refuseUnread(request, reply, error);
      return;
    }
    const problem = toProblem(new NotFoundException());
    void reply.code(problem.status).headers(problem.toHeaders()).send(problem.toBody());
  }

  #refuseUnread(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
    const auditRecord = beginAuditRecord('token.requested', '', request);
    auditRecord.outcome = this.#refuse(reply, error).outcome;
    this.#record(request, auditRecord);
  }

  #refuse(reply: FastifyReply, error: unknown): OAuthError {
    const refusal = toOAuthError(error);
    if (refusal.status >= 500 && refusal !== error) this.#parts.log.error({ err: error }, 'request failed');
    sendJson(uncached(reply).code(refusal.status).headers(refusal.toHeaders()), refusal.toBody());
    return refusal;
  }
}

const tokenOf = ({ cached, expiresIn }: VendedToken, scope: string): OAuthToken => ({
  access_token: cached.token.reveal(),
  token_type: 'Bearer',
  expires_in: expiresIn,
  scope,
});

/** No cache may store the response (RFC 6749 §5.1). */
const uncached = (reply: FastifyReply): FastifyReply =>
  reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
