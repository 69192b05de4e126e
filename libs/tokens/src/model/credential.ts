import type { KeyObject } from 'node:crypto';

import type { AccessToken } from './access-token.ts';
import type { CredentialName } from './credential-name.ts';
import type { Secret } from './secret.ts';
import type { Instant } from './units.ts';

/** The certificate half of a service credential: what Adobe holds to check signatures with. */
export interface SigningCertificate {
  /** SHA-256 of the DER, lower-case hex: how the Developer Console and `openssl x509 -fingerprint` name it. */
  readonly sha256: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

/** AEM Developer Console service credentials: sign an assertion, exchange it (RFC 7523 in IMS's dialect). */
export interface JwtCredential {
  readonly kind: 'jwt';
  /** The IMS to ask, as an origin: `https://ims-na1.adobelogin.com`. Audience and metascope claims use it too. */
  readonly imsOrigin: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** `integration.org`, the assertion's issuer. */
  readonly organizationId: string;
  /** `integration.id`, the assertion's subject; not `integration.email`, which looks alike. */
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
  /** Adobe allows two while one is being rotated; each is tried in turn. */
  readonly clientSecrets: readonly Secret[];
  readonly organizationId: string | null;
  readonly scopes: readonly string[];
}

/** A local development token: made by a person in the Developer Console, served until it expires, never renewed. */
export interface LocalCredential {
  readonly kind: 'local';
  readonly token: AccessToken;
}

/** What Adobe issued and the platform team stored, parsed and checked. */
export type Credential = JwtCredential | OAuthCredential | LocalCredential;
/** Those that can be exchanged for a new token. */
export type ExchangeableCredential = JwtCredential | OAuthCredential;
export type CredentialKind = Credential['kind'];

/** One stored document as its source has it now: a usable credential, or the reason why it is none. */
export interface SourcedCredential {
  readonly name: CredentialName;
  /** Which version of the document this is: changes whenever the document does, and tells nothing of it. */
  readonly version: string;
  /** AWS's staging label, or `CURRENT` where the source knows only one. */
  readonly stage: string;
  readonly content: Credential | CredentialProblem;
  readonly otherVersions: OtherVersions;
}

/** AWS's staging labels: the version in use, the one before it, and the one a rotation is preparing. */
export type SecretStage = 'AWSCURRENT' | 'AWSPREVIOUS' | 'AWSPENDING';

/** Which other versions a source was seen to have, known without reading their values; null where it has none. */
export interface OtherVersions {
  /** Null too where the current version still carries AWSPENDING, as it does after most rotations. */
  readonly pending: string | null;
  readonly previous: string | null;
}

/** Why a stored document can't be used. Names the field and the remedy, never quotes the document. */
export interface CredentialProblem {
  readonly kind: 'problem';
  /** The document's kind where that much could be told. */
  readonly documentKind: CredentialKind | null;
  readonly code: CredentialProblemCode;
  readonly diagnosis: string;
}

/** Every way a stored document can be of no use, as status and logs name it. `docs/errors.md` explains each. */
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
