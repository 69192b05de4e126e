import { CallersFile } from '#libs/callers';
import { Inject, Injectable } from '@nestjs/common';

import { FailedAuthentications } from '../vending/failed-authentications.ts';
import { Problem } from '../vending/problem.ts';
import { unauthenticated } from '../vending/unauthenticated.ts';
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
    if (caller.may('status')) return { caller };
    const detail = `The caller ${caller.name} does not have the permission "status".`;
    return { caller: null, status: 403, detail };
  }

  /**
   * Lets in or throws. A page that opens without a key asks once as nobody, to find out whether the browser itself is
   * logged in: no failure that anybody should be told of.
   */
  async mustAdmit(authorization: string | undefined, address: string): Promise<void> {
    const admission = await this.admit(authorization);
    if (admission.caller !== null) return;
    if (admission.status === 403) throw new Problem('forbidden', admission.detail);
    throw await this.#refusal(authorization, address);
  }

  /** Whether the browser's own log-in is that of a caller, whatever it may do. */
  async isKnown(authorization: string | undefined, address: string): Promise<boolean> {
    const admission = await this.admit(authorization);
    if (admission.caller !== null || admission.status === 403) return true;
    const refusal = await this.#refusal(authorization, address);
    if (refusal.code !== 'unauthenticated') throw refusal;
    return false;
  }

  async #refusal(authorization: string | undefined, address: string): Promise<Problem> {
    const authentication = await this.#callers.authenticate(authorization);
    const failure = authentication.caller === null ? authentication.failure : 'missing';
    return failure === 'missing' ? unauthenticated(failure) : this.#failures.refuse(failure, address);
  }
}
