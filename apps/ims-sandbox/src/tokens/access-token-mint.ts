import { randomBytes, randomUUID } from 'node:crypto';
import { CompactSign } from 'jose';
import type { Account } from '../accounts/account.ts';
import type { AccessTokenClaims } from './access-token-claims.ts';
import type { TokenLifetime } from './token-lifetime.ts';
import { SIGNING_KEY_ID, type TokenSigningKey } from './token-signing-key.ts';

/** A new access token with its lifetime. */
export interface MintedToken {
  readonly accessToken: string;
  readonly lifetimeMs: number;
}

/** Creates access tokens with the header, the claims and the size of IMS's tokens. */
export class AccessTokenMint {
  readonly #key: TokenSigningKey;
  readonly #lifetime: TokenLifetime;

  constructor(key: TokenSigningKey, lifetime: TokenLifetime) {
    this.#key = key;
    this.#lifetime = lifetime;
  }

  async mint(account: Account, scopes: readonly string[], nowMs: number): Promise<MintedToken> {
    const lifetimeMs = this.#lifetime.ms;
    const createdAtMs = Math.max(0, Math.trunc(nowMs));
    const claims: AccessTokenClaims = {
      id: `${createdAtMs}_${randomUUID()}_ue1`,
      type: 'access_token',
      client_id: account.clientId,
      user_id: account.technicalAccountId,
      as: 'ims-na1',
      aa_id: account.technicalAccountId,
      ctp: 3,
      fg: randomBytes(20).toString('hex').toUpperCase(),
      moi: randomBytes(4).toString('hex'),
      pba: 'MedSecNoEV,LowSec',
      c: randomBytes(96).toString('base64'),
      expires_in: String(lifetimeMs),
      scope: scopes.join(','),
      created_at: String(createdAtMs),
    };
    // `x5u` is a bare file name and no URL, as in IMS's tokens, so tests show how strict JOSE libraries
    // react.
    const accessToken = await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'RS256', x5u: `${SIGNING_KEY_ID}.cer`, kid: SIGNING_KEY_ID, itt: 'at' })
      .sign(this.#key.privateKey);
    return { accessToken, lifetimeMs };
  }
}
