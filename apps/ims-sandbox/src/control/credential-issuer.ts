import type { Account, CredentialKind } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { createKeyPair } from '../accounts/key-pair.ts';
import { newAccount, newClientSecret } from '../accounts/new-account.ts';
import { registeredCertificate } from '../accounts/registered-certificate.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { AccessTokenMint } from '../tokens/access-token-mint.ts';
import type { SandboxClock } from '../wire/sandbox-clock.ts';
import { ControlError } from './control-error.ts';
import { oauthDocument, serviceCredentialsDocument } from './credential-documents.ts';
import type { CredentialRequest } from './credential-request.ts';

const DEFAULT_METASCOPES = ['ent_aem_cloud_api'];
const DEFAULT_SCOPES = ['AdobeID', 'openid', 'read_organizations', 'read_pc.dma_aem_cloud', 'aem.document'];
/** "Max 2 client secrets per OAuth credential" (Adobe Developer Console, rotating client secrets). */
const MAX_SECRETS = 2;

/** Issues credentials as Adobe's two consoles do. */
export class CredentialIssuer {
  readonly #accounts: Accounts;
  readonly #mint: AccessTokenMint;
  readonly #clock: SandboxClock;
  readonly #state: StateWriter;

  constructor(accounts: Accounts, mint: AccessTokenMint, clock: SandboxClock, state: StateWriter) {
    this.#accounts = accounts;
    this.#mint = mint;
    this.#clock = clock;
    this.#state = state;
  }

  async issue(request: CredentialRequest, origin: string): Promise<object> {
    if (request.kind === 'jwt') return this.#serviceCredentials(request, origin);
    return request.kind === 'oauth' ? this.#oauth(request, origin) : this.#localToken(request);
  }

  async #serviceCredentials(request: CredentialRequest, origin: string): Promise<object> {
    // The certificate is made for the client id. Another request may change the account in the meantime,
    // so it is read again afterwards.
    const { clientId } = this.#account(request);
    const pair = await createKeyPair(clientId, request.certificateDays ?? 365, this.#clock.nowMs());
    const account = this.#account({ ...request, clientId });
    const issued = {
      ...account,
      secrets: account.secrets.length > 0 ? account.secrets : [newClientSecret()],
      certificates: [...account.certificates, registeredCertificate(pair.certificatePem)],
    };
    await this.#store(issued);
    return serviceCredentialsDocument(issued, pair, origin);
  }

  async #oauth(request: CredentialRequest, origin: string): Promise<object> {
    const account = this.#account(request);
    if (account.secrets.length >= MAX_SECRETS) {
      throw new ControlError(
        409,
        `clientId: has ${MAX_SECRETS} client secrets, Adobe's limit; revoke one first with DELETE /sandbox/credentials/${account.clientId}?secret=VALUE.`,
      );
    }
    const issued = { ...account, secrets: [...account.secrets, newClientSecret()] };
    await this.#store(issued);
    return oauthDocument(issued, origin);
  }

  async #localToken(request: CredentialRequest): Promise<object> {
    const account = this.#account(request);
    await this.#store(account);
    const { accessToken } = await this.#mint.mint(account, account.scopes, this.#clock.nowMs());
    return { accessToken };
  }

  /** The requested account, or a new one. Scopes of the request replace those of the account. */
  #account(request: CredentialRequest): Account {
    const { kind, clientId, metascopes, scopes } = request;
    const known = clientId === undefined ? undefined : this.#accounts.find(clientId);
    const account = known ?? newAccount(kind, clientId);
    if (known !== undefined && known.kinds.includes('local') !== (kind === 'local')) {
      throw new ControlError(
        400,
        'clientId: belongs to a developer login or to a technical account, not to both.',
      );
    }
    return {
      ...account,
      kinds: [...new Set<CredentialKind>([...account.kinds, kind])],
      metascopes:
        metascopes ??
        (account.metascopes.length > 0 || kind !== 'jwt' ? account.metascopes : DEFAULT_METASCOPES),
      scopes: scopes ?? (account.scopes.length > 0 || kind === 'jwt' ? account.scopes : DEFAULT_SCOPES),
    };
  }

  async #store(account: Account): Promise<void> {
    this.#accounts.put(account);
    await this.#state.save();
  }
}
