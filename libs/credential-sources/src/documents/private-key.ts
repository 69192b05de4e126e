import { createPrivateKey, type KeyObject } from 'node:crypto';

import { z } from 'zod';

import { text } from './document-fields.ts';
import { describePem, joinLines } from './pem-form.ts';

const MIN_MODULUS_BITS = 2_048;

/**
 * Whether line breaks were escaped a second time, to the characters `\` and `n`: a common mistake when a
 * document is copied.
 */
export const isEscapedTwice = (pem: string): boolean => /\\[rn]/.test(pem);

export const ESCAPED_TWICE =
  'holds the characters "\\n" in place of line breaks: the document was escaped twice when it was stored';

/**
 * `integration.privateKey`: an unencrypted RSA key in PEM, as PKCS#1 (RFC 8017, Adobe's form) or PKCS#8 (RFC
 * 5958).
 */
export const privateKeyField = z.preprocess(
  joinLines,
  text.transform((pem, context): KeyObject => {
    const key = readKey(pem);
    if (typeof key !== 'string') return key;
    context.addIssue(key);
    return z.NEVER;
  }),
);

const NO_KEY = 'is not a private key in PEM form (it may be cut short, or its line breaks are lost)';

/** The key, or its fault. OpenSSL's own messages do not help. */
function readKey(pem: string): KeyObject | string {
  if (isEscapedTwice(pem)) return ESCAPED_TWICE;
  if (pem.includes('ENCRYPTED')) return 'is encrypted: a key protected by a passphrase cannot be used';
  if (pem.includes('BEGIN CERTIFICATE')) return 'holds a certificate, not a private key';
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return describePem(pem, 'a private key', NO_KEY);
  }
  if (key.asymmetricKeyType !== 'rsa') return 'is not an RSA key: IMS accepts RS256 only';
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < MIN_MODULUS_BITS
    ? `is an RSA key of ${bits} bits: at least ${MIN_MODULUS_BITS} are needed`
    : key;
}
