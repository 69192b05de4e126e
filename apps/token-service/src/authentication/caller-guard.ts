import type { Caller } from '#libs/callers';
import {
  createParamDecorator,
  Inject,
  Injectable,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import { AUDIT_LOG, type AuditLog } from '../audit/audit-log.ts';
import { beginAuditRecord } from '../audit/audit-record.ts';
import { Problem } from '../http/problem.ts';
import { toProblem } from '../http/to-problem.ts';
import { CallerAuthenticator } from './caller-authenticator.ts';

const callers = new WeakMap<FastifyRequest, Caller>();

const ANY_QUERY = 'any query';
const SHOWN = 'shown';

/** What a controller shows to callers. Each needs a permission of its own. */
type Shown = 'status' | 'metrics';

/** Marks a controller that shows the metrics. Others show the status. */
export const ShowsMetrics = (): ClassDecorator => SetMetadata(SHOWN, 'metrics' satisfies Shown);

/** Marks a controller that ignores the query of a request. Scrapers add parameters of their own. */
export const AcceptsAnyQuery = (): ClassDecorator => SetMetadata(ANY_QUERY, true);

/**
 * Admits only callers that may read what the controller shows, to routes without a query unless they accept
 * any. Writes the audit line of each refused request; `AuditedRead` writes that of the others.
 */
@Injectable()
export class CallerGuard implements CanActivate {
  readonly #authenticator: CallerAuthenticator;
  readonly #reflector: Reflector;
  readonly #audit: AuditLog | null;

  constructor(
    @Inject(CallerAuthenticator) authenticator: CallerAuthenticator,
    @Inject(Reflector) reflector: Reflector,
    @Inject(AUDIT_LOG) audit: AuditLog | null,
  ) {
    this.#authenticator = authenticator;
    this.#reflector = reflector;
    this.#audit = audit;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const controller = context.getClass();
    const shown = this.#reflector.get<Shown | undefined>(SHOWN, controller) ?? 'status';
    const { name = null } = request.params as { readonly name?: string };
    const auditRecord = beginAuditRecord(`${shown}.read`, name, request);
    try {
      const caller = await this.#authenticator.authenticate(request);
      const acceptsQuery = this.#reflector.get<true | undefined>(ANY_QUERY, controller);
      if (!acceptsQuery && Object.keys(request.query as object).length > 0) {
        throw new Problem('invalid_request', 'This route takes no query.');
      }
      assertMayRead(caller, shown);
      callers.set(request, caller);
      return true;
    } catch (error) {
      auditRecord.outcome = toProblem(error).code;
      this.#audit?.write(auditRecord);
      throw error;
    }
  }
}

function assertMayRead(caller: Caller, shown: Shown): void {
  if (shown === 'status' && !caller.may('status')) {
    throw new Problem('forbidden', 'This caller does not have the permission "status".');
  }
  if (shown === 'metrics' && !caller.mayReadMetrics()) {
    throw new Problem(
      'forbidden',
      'The metrics name every caller and credential: they need the permission "metrics", or "status" without a list of tokens.',
    );
  }
}

/** The caller that CallerGuard admitted. */
export const AuthenticatedCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callers.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (caller === undefined) throw new Error('AuthenticatedCaller works only behind CallerGuard');
  return caller;
});
