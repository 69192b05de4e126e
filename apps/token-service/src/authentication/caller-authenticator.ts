import { CallersFile, type Authentication, type AuthenticationFailure, type Caller } from '#libs/callers';
import type { Seconds } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { AUDIT_LOG, type AuditLog } from '../audit/audit-log.ts';
import { beginAuditRecord } from '../audit/audit-record.ts';
import { clientAddress } from '../http/client-address.ts';
import { toProblem } from '../http/to-problem.ts';
import { FailedAuthentications } from './failed-authentications.ts';
import { VerificationGate } from './verification-gate.ts';
import { unauthenticated, unauthenticatedOrThrottled, unauthenticatedPage } from './unauthenticated.ts';

/** Creates the error for a failed authentication; `retryAfter` is null where the client need not wait. */
type Refusal<Failure extends AuthenticationFailure> = (failure: Failure, retryAfter: Seconds | null) => Error;

/**
 * The one way in which requests are authenticated. It fills the caller into the audit record of the request;
 * it counts failures, and slows down clients that go on failing. On routes without an audit record it writes
 * an audit line about each failure.
 */
@Injectable()
export class CallerAuthenticator {
  readonly #callers: CallersFile;
  readonly #failures: FailedAuthentications;
  readonly #audit: AuditLog | null;

  constructor(
    @Inject(CallersFile) callers: CallersFile,
    @Inject(FailedAuthentications) failures: FailedAuthentications,
    @Inject(AUDIT_LOG) audit: AuditLog | null,
  ) {
    this.#callers = callers;
    this.#failures = failures;
    this.#audit = audit;
    callers.useGate(new VerificationGate().run);
  }

  /**
   * Authenticates the caller by the `Authorization` header. Returns a promise only where a JWT must be
   * verified first.
   * @throws Problem `unauthenticated` or `rate_limited`; the promise rejects with it
   */
  authenticate(request: FastifyRequest): Caller | Promise<Caller> {
    const authentication = this.#callers.authenticate(request.headers.authorization, request);
    return authentication instanceof Promise
      ? authentication.then((done) => this.accept(request, done))
      : this.accept(request, authentication);
  }

  /**
   * Authenticates a request again that has waited: meanwhile its key may be removed. Counts no failure, and
   * throttles no address, because nothing new was sent.
   * @throws Problem `unauthenticated`; the promise rejects with it
   */
  authenticateAgain(request: FastifyRequest): Caller | Promise<Caller> {
    const authentication = this.#callers.authenticate(request.headers.authorization, request);
    return authentication instanceof Promise
      ? authentication.then((done) => acceptAgain(request, done))
      : acceptAgain(request, authentication);
  }

  /**
   * The same for pages that a browser opens without a key. A missing header is not counted as a failure
   * there, and the challenge is one at which the browser opens no dialog.
   * @throws Problem `unauthenticated` or `rate_limited`
   */
  async authenticateBrowser(request: FastifyRequest): Promise<Caller> {
    const authentication = await this.#callers.authenticate(request.headers.authorization, request);
    if (authentication.caller === null && authentication.failure === 'missing') {
      const error = unauthenticatedPage('missing', null);
      noteAuthentication(request, authentication);
      this.#record(request, authentication, error);
      throw error;
    }
    return this.accept(request, authentication, unauthenticatedPage);
  }

  /** Checks the header of an authenticated request again. Counts no failure: nothing new was sent. */
  async recheck(authorization: string | undefined): Promise<Authentication> {
    return this.#callers.authenticate(authorization);
  }

  /**
   * Returns the caller of an authentication that was done already.
   * @throws the error that `refusal` creates where there is no caller
   */
  accept<Failure extends AuthenticationFailure>(
    request: FastifyRequest,
    authentication: Authentication<Failure>,
    refusal: Refusal<Failure> = unauthenticatedOrThrottled,
  ): Caller {
    noteAuthentication(request, authentication);
    if (authentication.caller !== null) return authentication.caller;
    const { failure } = authentication;
    const error = refusal(failure, this.#failures.note(failure, clientAddress(request)));
    this.#record(request, authentication, error);
    throw error;
  }

  /** Writes the audit line of a failure, on routes whose handler writes none. */
  #record(request: FastifyRequest, authentication: Authentication, error: Error): void {
    if (request.auditRecord !== null) return;
    const auditRecord = beginAuditRecord('authentication.failed', null, request);
    noteAuthentication(request, authentication);
    auditRecord.outcome = toProblem(error).code;
    this.#audit?.write(auditRecord);
  }
}

function acceptAgain(request: FastifyRequest, authentication: Authentication): Caller {
  noteAuthentication(request, authentication);
  if (authentication.caller !== null) return authentication.caller;
  throw unauthenticated(authentication.failure);
}

/** Fills the result into the audit record of the request, if it has one. */
function noteAuthentication(request: FastifyRequest, authentication: Authentication): void {
  const { auditRecord } = request;
  if (auditRecord === null) return;
  if (authentication.caller === null) {
    auditRecord.caller = null;
    auditRecord.method = null;
    auditRecord.clientAddress = clientAddress(request);
  } else {
    auditRecord.caller = authentication.caller.name;
    auditRecord.method = authentication.method;
  }
}
