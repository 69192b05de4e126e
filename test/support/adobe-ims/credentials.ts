import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';

import { instant, Secret, type JwtCredential, type OAuthCredential } from '#libs/tokens';

import {
  fingerprint,
  type OAuthCredentials,
  type ServiceCredentials,
} from '../../ims-sandbox/support/control.ts';

const YEAR = 365 * 86_400_000;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A JWT credential for an IMS that does not check it. */
export function jwtCredential(imsOrigin: string, changes: Partial<JwtCredential> = {}): JwtCredential {
  return {
    kind: 'jwt',
    imsOrigin,
    clientId: 'cm-p1-e2-integration',
    clientSecret: new Secret('p8e-J7wt+s3cret/Zq9'),
    organizationId: '0123456789ABCDEF@AdobeOrg',
    technicalAccountId: 'FEDCBA9876543210@techacct.adobe.com',
    metascopes: ['ent_aem_cloud_api'],
    privateKey,
    certificate: {
      sha256: 'c0'.repeat(32),
      notBefore: instant(Date.now() - YEAR / 2),
      notAfter: instant(Date.now() + YEAR / 2),
    },
    ...changes,
  };
}

/** An OAuth credential with two secrets, for an IMS that does not check it. */
export function oauthCredential(imsOrigin: string, changes: Partial<OAuthCredential> = {}): OAuthCredential {
  return {
    kind: 'oauth',
    imsOrigin,
    clientId: 'c0ffee00c0ffee00',
    clientSecrets: [new Secret('p8e-F1rst/0Auth+Xk3'), new Secret('p8e-S3cond/0Auth+Wm7')],
    organizationId: '0123456789ABCDEF@AdobeOrg',
    scopes: ['AdobeID', 'openid'],
    ...changes,
  };
}

/** Service credentials of the sandbox, as the service's own parser reads them. */
export function fromServiceCredentials({ integration }: ServiceCredentials): JwtCredential {
  const { technicalAccount, publicKey } = integration;
  const certificate = new X509Certificate(publicKey);
  return {
    kind: 'jwt',
    imsOrigin: integration.imsEndpoint,
    clientId: technicalAccount.clientId,
    clientSecret: new Secret(technicalAccount.clientSecret),
    organizationId: integration.org,
    technicalAccountId: integration.id,
    metascopes: integration.metascopes.split(','),
    privateKey: createPrivateKey(integration.privateKey),
    certificate: {
      sha256: fingerprint(publicKey),
      notBefore: instant(certificate.validFromDate.getTime()),
      notAfter: instant(certificate.validToDate.getTime()),
    },
  };
}

/** An OAuth credential of the sandbox, as the service's own parser reads it. */
export function fromOAuthCredentials(document: OAuthCredentials): OAuthCredential {
  return {
    kind: 'oauth',
    imsOrigin: document.imsEndpoint,
    clientId: document.CLIENT_ID,
    clientSecrets: document.CLIENT_SECRETS.map((secret) => new Secret(secret)),
    organizationId: document.ORG_ID,
    scopes: document.SCOPES,
  };
}
