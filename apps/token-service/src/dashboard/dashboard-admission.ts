import type { Caller } from '#libs/callers';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { CallerAuthenticator } from '../authentication/caller-authenticator.ts';
import { unauthenticated } from '../authentication/unauthenticated.ts';
import { Problem } from '../http/problem.ts';
import type { Admission } from './viewer.ts';

/** Decides which callers may see the dashboard. */
@Injectable()
export class DashboardAdmission {
  readonly #authenticator: CallerAuthenticator;

  constructor(@Inject(CallerAuthenticator) authenticator: CallerAuthenticator) {
    this.#authenticator = authenticator;
  }

  /**
   * Admits the caller of a request, and returns it.
   * @throws Problem `unauthenticated`, `rate_limited` or `forbidden`
   */
  async assertAdmitted(request: FastifyRequest): Promise<Caller> {
    const caller = await this.#authenticator.authenticateBrowser(request);
    if (!caller.may('status')) throw new Problem('forbidden', notPermitted(caller));
    return caller;
  }

  /**
   * Checks an open dashboard again: meanwhile its key may be removed from the callers file, or its JWT
   * expired.
   */
  async recheck(authorization: string | undefined): Promise<Admission> {
    const authentication = await this.#authenticator.recheck(authorization);
    if (authentication.caller === null) {
      const { failure } = authentication;
      const { status, message } = unauthenticated(failure);
      return { caller: null, status, detail: message };
    }
    const { caller } = authentication;
    return caller.may('status') ? { caller } : { caller: null, status: 403, detail: notPermitted(caller) };
  }

  /**
   * Whether the browser sends the name and key of a caller, regardless of its permissions.
   * @throws Problem `rate_limited`
   */
  async isLoggedIn(request: FastifyRequest): Promise<boolean> {
    try {
      await this.#authenticator.authenticateBrowser(request);
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === 'unauthenticated') return false;
      throw error;
    }
  }
}

const notPermitted = ({ name }: Caller): string =>
  `The caller ${name} does not have the permission "status".`;
