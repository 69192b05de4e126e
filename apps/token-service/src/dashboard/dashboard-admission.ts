import { CallersFile, type AuthenticationFailure, type Caller } from '#libs/callers';
import { Inject, Injectable } from '@nestjs/common';

import { FailedAuthentications } from '../authentication/failed-authentications.ts';
import { Problem } from '../http/problem.ts';
import { unauthenticated } from '../authentication/unauthenticated.ts';
import type { Admission } from './viewer.ts';

/** Whether somebody is known here, and whether they may look. */
@Injectable()
export class DashboardAdmission {
  readonly #callers: CallersFile;
  readonly #failures: FailedAuthentications;

  constructor(
    @Inject(CallersFile) callers: CallersFile,
    @Inject(FailedAuthentications) failures: FailedAuthentications,
  ) {
    this.#callers = callers;
    this.#failures = failures;
  }

  /** Asked over and over while somebody looks: keys are taken out of the callers file, and tokens of workloads run out. */
  async admit(authorization: string | undefined): Promise<Admission> {
    const authentication = await this.#callers.authenticate(authorization);
    if (authentication.caller === null) {
      return { caller: null, status: 401, detail: unauthenticated(authentication.failure).message };
    }
    const { caller } = authentication;
    return caller.may('status') ? { caller } : { caller: null, status: 403, detail: mayNotLook(caller) };
  }

  /** Lets in or throws. */
  async mustAdmit(authorization: string | undefined, address: string): Promise<void> {
    const authentication = await this.#callers.authenticate(authorization);
    if (authentication.caller === null) throw this.#refusal(authentication.failure, address);
    const { caller } = authentication;
    if (!caller.may('status')) throw new Problem('forbidden', mayNotLook(caller));
  }

  /** Whether the browser's own log-in is that of a caller, whatever it may do. */
  async isKnown(authorization: string | undefined, address: string): Promise<boolean> {
    const authentication = await this.#callers.authenticate(authorization);
    if (authentication.caller !== null) return true;
    const refusal = this.#refusal(authentication.failure, address);
    if (refusal.code !== 'unauthenticated') throw refusal;
    return false;
  }

  /**
   * A page that opens without a key asks once as nobody, to find out whether the browser itself is logged in: no failure
   * that anybody should be told of.
   */
  #refusal(failure: AuthenticationFailure, address: string): Problem {
    return failure === 'missing' ? unauthenticated(failure) : this.#failures.refuse(failure, address);
  }
}

const mayNotLook = ({ name }: Caller): string => `The caller ${name} does not have the permission "status".`;
