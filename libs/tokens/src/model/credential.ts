import type { KeyObject } from 'node:crypto';

import type { AccessToken } from './access-token.ts';
import type { CredentialName } from './credential-name.ts';
import type { Secret } from './secret.ts';
import type { Instant } from './units.ts';

/** The certificate of a service credential. Adobe checks signatures with it. */
export interface SigningCertificate {
  /**
   * SHA-256 of the DER in lower-case hex, as the Developer Console and `openssl x509 -fingerprint` show it.
   */
  readonly sha256: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

/** AEM Developer Console service credentials: sign an assertion, exchange it (RFC 7523 in IMS's dialect). */
export interface JwtCredential {
  readonly kind: 'jwt';
  /** The origin of IMS: `https://ims-na1.adobelogin.com`. The audience and metascope claims use it too. */
  readonly imsOrigin: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** `integration.org`, the assertion's issuer. */
  readonly organizationId: string;
  /** `integration.id`, the assertion's subject; not the similar `integration.email`. */
  readonly technicalAccountId: string;
  readonly metascopes: readonly string[];
  readonly privateKey: KeyObject;
  readonly certificate: SigningCertificate;
}

/** OAuth Server-to-Server credentials: `client_credentials` (RFC 6749 §4.4). */
export interface OAuthCredential {
  readonly kind: 'oauth';
  readonly imsOrigin: string;
  readonly clientId: string;
  /** Adobe allows two during a rotation. Each is tried in turn. */
  readonly clientSecrets: readonly Secret[];
  readonly organizationId: string | null;
  readonly scopes: readonly string[];
}

/** A local development token: a person fetches it in the Developer Console. Served until it expires. */
export interface LocalCredential {
  readonly kind: 'local';
  readonly token: AccessToken;
}

/** A document that Adobe issued, parsed and checked. */
export type Credential = JwtCredential | OAuthCredential | LocalCredential;
/** The kinds that can be exchanged for a new token. */
export type ExchangeableCredential = JwtCredential | OAuthCredential;
export type CredentialKind = Credential['kind'];

/** One stored document as the source has it now: a usable credential, or the reason why it is unusable. */
export interface SourcedCredential {
  readonly name: CredentialName;
  /** The version of the document. Changes with the document and reveals nothing of it. */
  readonly version: string;
  /** The staging label of AWS, or `CURRENT` where the source has only one version. */
  readonly stage: string;
  readonly content: Credential | CredentialProblem;
  readonly otherVersions: OtherVersions;
}

/**
 * Staging labels of AWS Secrets Manager: the version in use, the previous one, and the one being prepared.
 */
export type SecretStage = 'AWSCURRENT' | 'AWSPREVIOUS' | 'AWSPENDING';

/** The other versions that the source lists; null where it has none. Their values were not read. */
export interface OtherVersions {
  /** Also null where the current version still has the label AWSPENDING, as after most rotations. */
  readonly pending: string | null;
  readonly previous: string | null;
}

/** Why a stored document is unusable. Names the field and the remedy; never quotes the document. */
export interface CredentialProblem {
  readonly kind: 'problem';
  /** The kind of the document where it was recognised. */
  readonly documentKind: CredentialKind | null;
  readonly code: CredentialProblemCode;
  readonly diagnosis: string;
}

/** The codes of unusable documents in status and logs. `docs/errors.md` explains each. */
export const CREDENTIAL_PROBLEM_CODES = [
  'credential_invalid_name',
  'credential_unreadable',
  'credential_invalid_json',
  'credential_unknown_document',
  'credential_invalid_field',
  'credential_endpoint_refused',
  'credential_key_mismatch',
  'credential_certificate_expired',
] as const;

export type CredentialProblemCode = (typeof CREDENTIAL_PROBLEM_CODES)[number];
