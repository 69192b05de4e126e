import { compactVerify } from 'jose';
import type { Accounts } from '../accounts/accounts.ts';
import { accessTokenClaims, expiryMs, type AccessTokenClaims } from './access-token-claims.ts';
import type { InvalidatedTokens } from './invalidated-tokens.ts';
import type { TokenSigningKey } from './token-signing-key.ts';

/** Why a token is invalid, in the words of `validate_token`. */
export type InvalidReason = 'bad_signature' | 'expired' | 'invalidated' | 'account_deleted';

/** Whether a token is valid at one instant. */
export type TokenValidity =
  | { readonly valid: true; readonly claims: AccessTokenClaims }
  | { readonly valid: false; readonly reason: InvalidReason };

/**
 * Validates access tokens. Tokens stay valid after their certificate or secret is revoked, until they expire
 * (Adobe). Deleting the account makes them invalid.
 */
export class AccessTokenValidator {
  readonly #key: TokenSigningKey;
  readonly #accounts: Accounts;
  readonly #invalidated: InvalidatedTokens;

  constructor(key: TokenSigningKey, accounts: Accounts, invalidated: InvalidatedTokens) {
    this.#key = key;
    this.#accounts = accounts;
    this.#invalidated = invalidated;
  }

  async validate(token: string, nowMs: number): Promise<TokenValidity> {
    const claims = await this.#signedClaims(token);
    if (claims === undefined) return { valid: false, reason: 'bad_signature' };
    if (expiryMs(claims) <= nowMs) return { valid: false, reason: 'expired' };
    if (this.#invalidated.has(claims.id)) return { valid: false, reason: 'invalidated' };
    if (this.#accounts.find(claims.client_id)?.technicalAccountId !== claims.user_id) {
      return { valid: false, reason: 'account_deleted' };
    }
    return { valid: true, claims };
  }

  async #signedClaims(token: string): Promise<AccessTokenClaims | undefined> {
    try {
      const { payload } = await compactVerify(token, this.#key.publicKey, { algorithms: ['RS256'] });
      return accessTokenClaims.safeParse(JSON.parse(Buffer.from(payload).toString())).data;
    } catch {
      return undefined;
    }
  }
}
