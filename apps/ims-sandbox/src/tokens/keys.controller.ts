import { Controller, Get, Inject } from '@nestjs/common';
import { exportJWK, type JWK } from 'jose';
import { SIGNING_KEY_ID, TokenSigningKey } from './token-signing-key.ts';

/** Publishes the public key of this IMS as a JSON Web Key Set (RFC 7517). */
@Controller('ims/keys')
export class KeysController {
  readonly #key: TokenSigningKey;

  constructor(@Inject(TokenSigningKey) key: TokenSigningKey) {
    this.#key = key;
  }

  @Get()
  async keys(): Promise<{ keys: JWK[] }> {
    const jwk = await exportJWK(this.#key.publicKey);
    return { keys: [{ ...jwk, kid: SIGNING_KEY_ID, alg: 'RS256', use: 'sig' }] };
  }
}
