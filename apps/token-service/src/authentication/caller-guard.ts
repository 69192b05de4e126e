import type { Caller } from '#libs/callers';
import {
  createParamDecorator,
  Inject,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { Problem } from '../http/problem.ts';
import { CallerAuthenticator } from './caller-authenticator.ts';

const callers = new WeakMap<FastifyRequest, Caller>();

/** Admits only callers with the permission `status`, to routes without a query. */
@Injectable()
export class CallerGuard implements CanActivate {
  readonly #authenticator: CallerAuthenticator;

  constructor(@Inject(CallerAuthenticator) authenticator: CallerAuthenticator) {
    this.#authenticator = authenticator;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = await this.#authenticator.authenticate(request);
    if (Object.keys(request.query as object).length > 0) {
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
