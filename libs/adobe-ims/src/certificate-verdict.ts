import { later, toIso, type Instant, type Millis, type SigningCertificate } from '#libs/tokens';

import { CONSOLE } from './grant.ts';

/** Why IMS does not accept a certificate's signatures, and what to do. */
interface CertificateVerdict {
  readonly code: 'ims_certificate_expired' | 'ims_certificate_not_yet_valid' | 'ims_certificate_unknown';
  readonly diagnosis: string;
}

const NEW_KEY =
  `In the ${CONSOLE.jwt} open the technical account, add a new private key, and store the service credentials ` +
  'downloaded with it in place of these.';

/**
 * IMS answers an expired, a premature and a revoked certificate with the same words ("Could not match JWT signature to
 * any of the bindings"); its dates, by our clock and by IMS's, tell them apart. That the private key belongs to it was
 * checked when the credential was read.
 */
export function judgeCertificate(
  { sha256, notBefore, notAfter }: SigningCertificate,
  now: Instant,
  clockSkew: Millis | null,
): CertificateVerdict {
  const imsNow = clockSkew === null ? now : later(now, clockSkew);
  const certificate = `The certificate of this credential (SHA-256 ${sha256})`;
  if (Math.max(now, imsNow) >= notAfter) {
    const by = now >= notAfter ? '' : " by IMS's clock, of which this machine's is behind";
    return {
      code: 'ims_certificate_expired',
      diagnosis: `${certificate} expired on ${toIso(notAfter)}${by}, so IMS accepts nothing signed with its key. ${NEW_KEY}`,
    };
  }
  if (Math.min(now, imsNow) < notBefore) {
    const by = now < notBefore ? '' : " by IMS's clock, of which this machine's is ahead";
    return {
      code: 'ims_certificate_not_yet_valid',
      diagnosis:
        `${certificate} is not valid before ${toIso(notBefore)}${by}. Check the clock of this machine (NTP); ` +
        'where it is right, waiting until then is all there is to do.',
    };
  }
  return {
    code: 'ims_certificate_unknown',
    diagnosis:
      `${certificate} is within its dates and belongs to the private key, yet IMS knows no such certificate for this ` +
      `technical account: it was revoked or deleted, or belongs to another account. ${NEW_KEY}`,
  };
}
