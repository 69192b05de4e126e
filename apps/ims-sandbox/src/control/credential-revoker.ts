import type { Account } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { normalizedFingerprint } from '../accounts/registered-certificate.ts';
import type { StateWriter } from '../state/state-writer.ts';
import { ControlError } from './control-error.ts';
import type { RevocationQuery } from './credential-request.ts';

/** Revokes one certificate, one secret, or a whole account. */
export class CredentialRevoker {
  readonly #accounts: Accounts;
  readonly #state: StateWriter;

  constructor(accounts: Accounts, state: StateWriter) {
    this.#accounts = accounts;
    this.#state = state;
  }

  async revoke(clientId: string, { certificate, secret }: RevocationQuery): Promise<void> {
    const account = this.#accounts.find(clientId);
    if (account === undefined) {
      throw new ControlError(404, 'clientId: no such account; take it from the credential document.');
    }
    if (certificate !== undefined) this.#accounts.put(withoutCertificate(account, certificate));
    else if (secret !== undefined) this.#accounts.put(withoutSecret(account, secret));
    else this.#accounts.delete(clientId);
    await this.#state.save();
  }
}

function withoutCertificate(account: Account, fingerprint: string): Account {
  const sha256 = normalizedFingerprint(fingerprint);
  const certificates = account.certificates.filter((each) => each.sha256 !== sha256);
  if (certificates.length < account.certificates.length) return { ...account, certificates };
  throw new ControlError(
    404,
    'certificate: this account has no such certificate; it may be revoked already.',
  );
}

function withoutSecret(account: Account, secret: string): Account {
  const secrets = account.secrets.filter((each) => each !== secret);
  if (secrets.length < account.secrets.length) return { ...account, secrets };
  throw new ControlError(404, 'secret: this account has no such client secret; it may be revoked already.');
}
