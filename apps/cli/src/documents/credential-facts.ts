import { toIso, type Credential, type Instant, type SigningCertificate } from '#libs/tokens';

import { wholeDays } from './whole-days.ts';

/** The fields of a credential that are not secret. */
export interface CredentialFacts {
  readonly client_id: string | null;
  readonly organization_id: string | null;
  readonly technical_account_id: string | null;
  /** Metascopes, for service credentials. */
  readonly scopes: readonly string[];
  readonly ims_origin: string | null;
  readonly client_secrets: number;
  readonly certificate: CertificateFacts | null;
  /** When a local development token expires, in ISO 8601. */
  readonly expires_at: string | null;
}

interface CertificateFacts {
  /** Of the DER, like `openssl x509 -fingerprint -sha256`. */
  readonly sha256: string;
  readonly not_before: string;
  readonly not_after: string;
  /** Whole days; negative once it has expired. */
  readonly days_left: number;
  readonly fits_private_key: true;
}

/** Describes a credential without its secrets. */
export function describeCredential(credential: Credential, now: Instant): CredentialFacts {
  switch (credential.kind) {
    case 'jwt':
      return {
        client_id: credential.clientId,
        organization_id: credential.organizationId,
        technical_account_id: credential.technicalAccountId,
        scopes: credential.metascopes,
        ims_origin: credential.imsOrigin,
        client_secrets: 1,
        certificate: describeCertificate(credential.certificate, now),
        expires_at: null,
      };
    case 'oauth':
      return {
        client_id: credential.clientId,
        organization_id: credential.organizationId,
        technical_account_id: null,
        scopes: credential.scopes,
        ims_origin: credential.imsOrigin,
        client_secrets: credential.clientSecrets.length,
        certificate: null,
        expires_at: null,
      };
    case 'local':
      return { ...NOTHING, expires_at: toIso(credential.token.expiresAt) };
  }
}

const NOTHING: CredentialFacts = {
  client_id: null,
  organization_id: null,
  technical_account_id: null,
  scopes: [],
  ims_origin: null,
  client_secrets: 0,
  certificate: null,
  expires_at: null,
};

/**
 * `fits_private_key` is always true: the parser refuses a document whose key does not fit its certificate.
 */
const describeCertificate = (
  { sha256, notBefore, notAfter }: SigningCertificate,
  now: Instant,
): CertificateFacts => ({
  sha256,
  not_before: toIso(notBefore),
  not_after: toIso(notAfter),
  days_left: wholeDays(now, notAfter),
  fits_private_key: true,
});
