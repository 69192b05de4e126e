import { createHash, X509Certificate, type KeyObject } from 'node:crypto';

/** A certificate as IMS knows it: the public half, its fingerprint and the day it ends. */
export interface RegisteredCertificate {
  readonly pem: string;
  readonly sha256: string;
  readonly notAfterMs: number;
  readonly publicKey: KeyObject;
}

/** Reads a PEM certificate once, so that a signature check never parses one. */
export function registeredCertificate(pem: string): RegisteredCertificate {
  const certificate = new X509Certificate(pem);
  return {
    pem,
    sha256: createHash('sha256').update(certificate.raw).digest('hex'),
    notAfterMs: Date.parse(certificate.validTo),
    publicKey: certificate.publicKey,
  };
}

/** Fingerprints are written with or without colons, in either case. */
export function normalizedFingerprint(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}
