import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** The id of the key that signs IMS's access tokens, as in the header of current tokens. */
export const SIGNING_KEY_ID = 'ims_na1-key-at-1';

/** The RSA key that signs the access tokens of this IMS. */
export class TokenSigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;

  constructor(privateKey: KeyObject) {
    this.privateKey = privateKey;
    this.publicKey = createPublicKey(privateKey);
  }

  static async generate(): Promise<TokenSigningKey> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    return new TokenSigningKey(privateKey);
  }

  static fromPem(pem: string): TokenSigningKey {
    return new TokenSigningKey(createPrivateKey(pem));
  }

  toPem(): string {
    return this.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }
}
