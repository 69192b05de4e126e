import { X509Certificate } from 'node:crypto';

import { instant, type SigningCertificate } from '#libs/tokens';
import { z } from 'zod';

import { text } from './document-fields.ts';
import { describePem, joinLines } from './pem-form.ts';
import { ESCAPED_TWICE, isEscapedTwice } from './private-key.ts';

/**
 * `integration.publicKey`: an X.509 certificate (RFC 5280) in PEM. Only its dates tell when the credential
 * expires.
 */
export const certificateField = z.preprocess(
  joinLines,
  text.transform((pem, context): X509Certificate => {
    const certificate = readCertificate(pem);
    if (typeof certificate !== 'string') return certificate;
    context.addIssue(certificate);
    return z.NEVER;
  }),
);

const NO_CERTIFICATE = 'is not a certificate in PEM form (it may be cut short, or its line breaks are lost)';

function readCertificate(pem: string): X509Certificate | string {
  if (isEscapedTwice(pem)) return ESCAPED_TWICE;
  if (pem.includes('PRIVATE KEY')) return 'holds a private key, not a certificate';
  try {
    return new X509Certificate(pem);
  } catch {
    return describePem(pem, 'a certificate', NO_CERTIFICATE);
  }
}

/** The fields of a certificate that the service uses. */
export function toSigningCertificate(certificate: X509Certificate): SigningCertificate {
  return {
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    notBefore: instant(certificate.validFromDate.getTime()),
    notAfter: instant(certificate.validToDate.getTime()),
  };
}
