import { createHash, X509Certificate, type KeyObject } from 'node:crypto';

/** A certificate that is registered at IMS. */
export interface RegisteredCertificate {
  readonly pem: string;
  readonly sha256: string;
  readonly notAfterMs: number;
  readonly publicKey: KeyObject;
}

/** Parses a PEM certificate once, so that signature checks do not have to. */
export function registeredCertificate(pem: string): RegisteredCertificate {
  const certificate = new X509Certificate(pem);
  return {
    pem,
    sha256: createHash('sha256').update(certificate.raw).digest('hex'),
    notAfterMs: Date.parse(certificate.validTo),
    publicKey: certificate.publicKey,
  };
}

/** Accepts fingerprints with or without colons, in upper or lower case. */
export function normalizedFingerprint(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}
