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

import { Problem } from '../http/problem.ts';
import { CallerAuthenticator } from './caller-authenticator.ts';

const callers = new WeakMap<FastifyRequest, Caller>();

const ANY_QUERY = 'any query';

/** Marks a controller that ignores the query of a request. Scrapers add parameters of their own. */
export const AcceptsAnyQuery = (): ClassDecorator => SetMetadata(ANY_QUERY, true);

/** Admits only callers with the permission `status`, to routes without a query unless they accept any. */
@Injectable()
export class CallerGuard implements CanActivate {
  readonly #authenticator: CallerAuthenticator;
  readonly #reflector: Reflector;

  constructor(
    @Inject(CallerAuthenticator) authenticator: CallerAuthenticator,
    @Inject(Reflector) reflector: Reflector,
  ) {
    this.#authenticator = authenticator;
    this.#reflector = reflector;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = await this.#authenticator.authenticate(request);
    const acceptsQuery = this.#reflector.get<true | undefined>(ANY_QUERY, context.getClass());
    if (!acceptsQuery && Object.keys(request.query as object).length > 0) {
      throw new Problem('invalid_request', 'This route takes no query.');
    }
    if (!caller.may('status')) {
      throw new Problem('forbidden', 'This caller does not have the permission "status".');
    }
    callers.set(request, caller);
    return true;
  }
}

/** The caller that CallerGuard admitted. */
export const AuthenticatedCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callers.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (caller === undefined) throw new Error('AuthenticatedCaller works only behind CallerGuard');
  return caller;
});
