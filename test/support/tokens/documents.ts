import { generateKeyPairSync } from 'node:crypto';

import {
  AccessToken,
  instant,
  later,
  millis,
  Secret,
  toCredentialName,
  type CredentialName,
  type Instant,
  type SourcedCredential,
} from '#libs/tokens';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const NOON = instant(Date.UTC(2026, 0, 15, 12));

export function named(text: string): CredentialName {
  const name = toCredentialName(text);
  if (name === null) throw new Error(`${text} is no credential name`);
  return name;
}

export const tokenOf = (value: string, life: number = DAY, issuedAt: Instant = NOON): AccessToken =>
  new AccessToken(value, issuedAt, later(issuedAt, millis(life)));

const stored = { stage: 'AWSCURRENT', otherVersions: { pending: null, previous: null } } as const;

/** A document that can be exchanged; its client id is its name. */
export const oauthDocument = (name: string, version = 'v1'): SourcedCredential => ({
  ...stored,
  name: named(name),
  version,
  content: {
    kind: 'oauth',
    imsOrigin: 'https://ims.example',
    clientId: name,
    clientSecrets: [new Secret('s3cret')],
    organizationId: null,
    scopes: ['openid'],
  },
});

/** A local development token as a person stored it. */
export const localDocument = (name: string, token: AccessToken, version = 'v1'): SourcedCredential => ({
  ...stored,
  name: named(name),
  version,
  content: { kind: 'local', token },
});

/** An unusable document. */
export const brokenDocument = (name: string, version = 'v1'): SourcedCredential => ({
  ...stored,
  name: named(name),
  version,
  content: {
    kind: 'problem',
    documentKind: null,
    code: 'credential_invalid_json',
    diagnosis: 'not valid JSON at line 1',
  },
});

const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** A service credential whose certificate ends then. */
export const serviceCredential = (
  notAfter: Instant,
  name = 'aem-dev',
  version = 'v1',
): SourcedCredential => ({
  ...stored,
  name: named(name),
  version,
  content: {
    kind: 'jwt',
    imsOrigin: 'https://ims.example',
    clientId: name,
    clientSecret: new Secret('s3cret'),
    organizationId: 'org@AdobeOrg',
    technicalAccountId: 'id@techacct.adobe.com',
    metascopes: ['ent_aem_cloud_api'],
    privateKey: KEY,
    certificate: { sha256: 'ab'.repeat(32), notBefore: NOON, notAfter },
  },
});
