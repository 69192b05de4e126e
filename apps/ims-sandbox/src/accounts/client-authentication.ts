import { ImsRefusalError, type ImsRefusal } from '../wire/ims-refusal.ts';
import type { RequestParameters } from '../wire/request-parameters.ts';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';
import { WRONG_SECRET, UNKNOWN_CLIENT } from './client-refusals.ts';

/** Finds the account of a client and checks its client secret. */
export class ClientAuthentication {
  readonly #accounts: Accounts;

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  identify(parameters: RequestParameters): Account {
    const account = this.#accounts.find(parameters.clientId ?? '');
    if (account === undefined) throw new ImsRefusalError(UNKNOWN_CLIENT);
    return account;
  }

  /**
   * A missing secret is a 400 everywhere. Adobe's endpoints refuse a wrong one differently: see
   * `wrongSecret`.
   */
  authenticate(parameters: RequestParameters, wrongSecret: ImsRefusal): Account {
    const account = this.identify(parameters);
    const secret = parameters.clientSecret;
    if (secret === undefined) throw new ImsRefusalError(WRONG_SECRET);
    if (!account.secrets.includes(secret)) throw new ImsRefusalError(wrongSecret);
    return account;
  }
}
