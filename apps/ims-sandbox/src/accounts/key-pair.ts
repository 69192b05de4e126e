import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

/** The two PEM texts of a credential document. Line ends are `\r\n`, as AEM writes them. */
export interface KeyPair {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

/**
 * Creates an RSA-2048 pair as the AEM Developer Console does: a PKCS#1 private key and a self-signed
 * certificate with the client id as its name (sample in the aemcs-api-client-lib README).
 */
export async function createKeyPair(clientId: string, days: number, nowMs: number): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
  const notAfterMs = nowMs + days * DAY_MS;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: `00${randomBytes(8).toString('hex')}`,
    name: [{ CN: [clientId] }],
    notBefore: new Date(days > 0 ? nowMs : notAfterMs - YEAR_MS),
    notAfter: new Date(notAfterMs),
    signingAlgorithm: RSA,
    keys,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return {
    privateKeyPem: windowsLines(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()),
    certificatePem: windowsLines(certificate.toString('pem')),
  };
}

function windowsLines(pem: string): string {
  return `${pem.trim().replaceAll(/\r?\n/g, '\r\n')}\r\n`;
}
