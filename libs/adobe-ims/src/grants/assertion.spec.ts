import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { decodeJwt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';

import { instant, Secret, type JwtCredential } from '#libs/tokens';

import { signAssertion } from './assertion.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const NOW = instant(Date.UTC(2026, 0, 15, 12) + 999);
const credential: JwtCredential = {
  kind: 'jwt',
  imsOrigin: 'https://ims-na1.adobelogin.com',
  clientId: 'cm-p1-e2-integration',
  clientSecret: new Secret('p8e-secret'),
  organizationId: '0123456789@AdobeOrg',
  technicalAccountId: 'ABCDEF@techacct.adobe.com',
  metascopes: ['ent_aem_cloud_api', 'ent_cloudmgr_sdk'],
  privateKey,
  certificate: { sha256: '00'.repeat(32), notBefore: instant(0), notAfter: instant(4e12) },
};

describe('signAssertion', () => {
  it('signs exactly the claims that IMS requires', async () => {
    expect(decodeJwt(await signAssertion(credential, NOW, null))).toEqual({
      iss: '0123456789@AdobeOrg',
      sub: 'ABCDEF@techacct.adobe.com',
      aud: 'https://ims-na1.adobelogin.com/c/cm-p1-e2-integration',
      exp: Date.UTC(2026, 0, 15, 12, 5) / 1000,
      'https://ims-na1.adobelogin.com/s/ent_aem_cloud_api': true,
      'https://ims-na1.adobelogin.com/s/ent_cloudmgr_sdk': true,
    });
  });

  it('adds an integer jti when given one', async () => {
    expect(decodeJwt(await signAssertion(credential, NOW, 4711))['jti']).toBe(4711);
  });

  it('signs with RS256', async () => {
    const assertion = await signAssertion(credential, NOW, null);
    const { protectedHeader } = await jwtVerify(assertion, createPublicKey(privateKey), {
      currentDate: new Date(NOW),
    });
    expect(protectedHeader.alg).toBe('RS256');
  });
});
