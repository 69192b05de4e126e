import { compactVerify } from 'jose';
import type { Accounts } from '../accounts/accounts.ts';
import { accessTokenClaims, expiryMs, type AccessTokenClaims } from './access-token-claims.ts';
import type { InvalidatedTokens } from './invalidated-tokens.ts';
import type { TokenSigningKey } from './token-signing-key.ts';

/** Why a token opens nothing; the words are those of `validate_token`. */
export type DeadReason = 'bad_signature' | 'expired' | 'invalidated' | 'account_deleted';

/** A token's standing at one instant. */
export type TokenStanding =
  | { readonly live: true; readonly claims: AccessTokenClaims }
  | { readonly live: false; readonly reason: DeadReason };

/**
 * Tells a live token from a dead one. Revoking a certificate or secret kills no token already issued
 * (Adobe: existing tokens stay valid until they expire); deleting the whole account does.
 */
export class AccessTokenCheck {
  readonly #key: TokenSigningKey;
  readonly #accounts: Accounts;
  readonly #invalidated: InvalidatedTokens;

  constructor(key: TokenSigningKey, accounts: Accounts, invalidated: InvalidatedTokens) {
    this.#key = key;
    this.#accounts = accounts;
    this.#invalidated = invalidated;
  }

  async standing(token: string, nowMs: number): Promise<TokenStanding> {
    const claims = await this.#signedClaims(token);
    if (claims === undefined) return { live: false, reason: 'bad_signature' };
    if (expiryMs(claims) <= nowMs) return { live: false, reason: 'expired' };
    if (this.#invalidated.has(claims.id)) return { live: false, reason: 'invalidated' };
    if (this.#accounts.find(claims.client_id)?.technicalAccountId !== claims.user_id) {
      return { live: false, reason: 'account_deleted' };
    }
    return { live: true, claims };
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
