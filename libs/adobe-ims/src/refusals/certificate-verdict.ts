import { later, toIso, type Instant, type Millis, type SigningCertificate } from '#libs/tokens';

import { GRANTS } from '../grants/grant.ts';

/** Why IMS does not accept signatures of a certificate's key, and what to do. */
interface CertificateVerdict {
  readonly code: 'ims_certificate_expired' | 'ims_certificate_not_yet_valid' | 'ims_certificate_unknown';
  readonly diagnosis: string;
}

const NEW_KEY =
  `In the ${GRANTS.jwt.console} open the technical account, add a new private key, and replace this document with the ` +
  'service credentials that you download with the key.';

/**
 * Tells an expired, a not yet valid and a revoked certificate apart by its dates, by this machine's clock and
 * by IMS's. IMS has one wording for all three ("Could not match JWT signature to any of the bindings"). The
 * parser of the document has already checked that the private key belongs to the certificate.
 */
export function judgeCertificate(
  { sha256, notBefore, notAfter }: SigningCertificate,
  now: Instant,
  clockSkew: Millis | null,
): CertificateVerdict {
  const imsNow = clockSkew === null ? now : later(now, clockSkew);
  const certificate = `The certificate of this credential (SHA-256 ${sha256})`;
  if (Math.max(now, imsNow) >= notAfter) {
    const by = now >= notAfter ? '' : " by IMS's clock, and this machine's is behind it";
    return {
      code: 'ims_certificate_expired',
      diagnosis: `${certificate} expired on ${toIso(notAfter)}${by}, so IMS accepts no signature of its key. ${NEW_KEY}`,
    };
  }
  if (Math.min(now, imsNow) < notBefore) {
    const by = now < notBefore ? '' : " by IMS's clock, and this machine's is ahead of it";
    return {
      code: 'ims_certificate_not_yet_valid',
      diagnosis:
        `${certificate} is not valid before ${toIso(notBefore)}${by}. Check the clock of this machine (NTP); ` +
        'if the clock is right, wait until then.',
    };
  }
  return {
    code: 'ims_certificate_unknown',
    diagnosis:
      `${certificate} is within its dates and belongs to the private key, yet IMS knows no such certificate for this ` +
      `technical account: it was revoked or deleted, or belongs to another account. Check also that \`id\` ` +
      `(…@techacct.adobe.com) and \`org\` (…@AdobeOrg) are those of the download. ${NEW_KEY}`,
  };
}
