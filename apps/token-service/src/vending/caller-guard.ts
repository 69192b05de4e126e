import { CallersFile, type Caller } from '#libs/callers';
import {
  createParamDecorator,
  Inject,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { VendMetrics } from '../monitoring/vend-metrics.ts';
import { Problem } from './problem.ts';
import { unauthenticated } from './unauthenticated.ts';

const recognised = new WeakMap<FastifyRequest, Caller>();

/** Lets only callers with the permission `status` through, to routes that know no query. */
@Injectable()
export class CallerGuard implements CanActivate {
  readonly #callers: CallersFile;
  readonly #metrics: VendMetrics;

  constructor(@Inject(CallersFile) callers: CallersFile, @Inject(VendMetrics) metrics: VendMetrics) {
    this.#callers = callers;
    this.#metrics = metrics;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const authentication = await this.#callers.authenticate(request.headers.authorization);
    if (authentication.caller === null) {
      this.#metrics.authenticationFailed(authentication.failure);
      throw unauthenticated(authentication.failure);
    }
    if (Object.keys(request.query as object).length > 0) {
      throw new Problem('invalid_request', 'This route takes no query.');
    }
    if (!authentication.caller.may('status')) {
      throw new Problem('forbidden', 'This caller does not have the permission "status".');
    }
    recognised.set(request, authentication.caller);
    return true;
  }
}

/** The caller that CallerGuard let through. */
export const AskingCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = recognised.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (caller === undefined) throw new Error('AskingCaller is of use only behind CallerGuard');
  return caller;
});
