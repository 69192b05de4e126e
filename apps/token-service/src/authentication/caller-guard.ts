import { CallersFile, type Caller } from '#libs/callers';
import {
  createParamDecorator,
  Inject,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { clientAddress } from '../http/client-address.ts';
import { FailedAuthentications } from './failed-authentications.ts';
import { Problem } from '../http/problem.ts';

const recognised = new WeakMap<FastifyRequest, Caller>();

/** Lets only callers with the permission `status` through, to routes that know no query. */
@Injectable()
export class CallerGuard implements CanActivate {
  readonly #callers: CallersFile;
  readonly #failures: FailedAuthentications;

  constructor(
    @Inject(CallersFile) callers: CallersFile,
    @Inject(FailedAuthentications) failures: FailedAuthentications,
  ) {
    this.#callers = callers;
    this.#failures = failures;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const authentication = await this.#callers.authenticate(request.headers.authorization);
    if (authentication.caller === null) {
      throw this.#failures.refuse(authentication.failure, clientAddress(request));
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
