import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';

import { errorCode } from '#libs/tokens';

const CERTIFICATES =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^]*?-----END [A-Z0-9 ]*CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/**
 * Parses the certificates of a PEM text.
 * @throws Error with the reason; it quotes nothing of the text
 */
export function parseCertificates(text: string): X509Certificate[] {
  const blocks = text.match(CERTIFICATES);
  if (blocks === null) throw new Error(`contains no certificate: ${whatItIs(text)}`);
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new Error(`is damaged: its certificate ${index + 1} cannot be read`);
    }
  });
}

/**
 * Parses the private key of a PEM text.
 * @throws Error with the reason; it quotes nothing of the text
 */
export function parsePrivateKey(text: string): KeyObject {
  if (!PRIVATE_KEY.test(text)) throw new Error(`contains no private key: ${whatItIs(text)}`);
  try {
    return createPrivateKey(text);
  } catch (error) {
    const isEncrypted = errorCode(error) === 'ERR_MISSING_PASSPHRASE' || text.includes('ENCRYPTED');
    throw new Error(
      isEncrypted
        ? 'is encrypted with a passphrase: store the private key without one'
        : 'is damaged: its private key cannot be read',
      { cause: error },
    );
  }
}

function whatItIs(text: string): string {
  if (text.trim() === '') return 'it is empty';
  if (PRIVATE_KEY.test(text)) return 'it has a private key only';
  if (text.includes('-----BEGIN CERTIFICATE REQUEST')) return 'it has a certificate request only';
  if (text.includes('-----BEGIN CERTIFICATE-----')) {
    return /-----END CERTIFICATE-----/.test(text) ? 'it has certificates only' : 'it is cut off';
  }
  if (text.includes('\0') || text.includes('\uFFFD'))
    return 'it is binary (DER or PKCS #12); convert it to PEM with openssl';
  return 'PEM text with the line -----BEGIN … is needed';
}
