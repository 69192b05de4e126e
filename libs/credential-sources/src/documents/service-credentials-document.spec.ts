import { createHash, X509Certificate } from 'node:crypto';

import { instant, later, millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { makeServiceCredentials } from '../../../../test/support/service-credentials.ts';
import { credentialIn, NOW, parse, problemIn } from '../../../../test/support/credential-sources/parse.ts';
import { withField } from '../../../../test/support/credential-sources/with-field.ts';

const made = await makeServiceCredentials({ metascopes: 'ent_aem_cloud_sdk,ent_cloudmgr_sdk' });
const { integration } = made.document;
const DAY = 86_400_000;

describe('parseCredential with AEM service credentials', () => {
  it('reads the Developer Console’s document', () => {
    const credential = credentialIn('jwt', parse(made.document));
    expect(credential).toMatchObject({
      imsOrigin: 'https://ims-na1.adobelogin.com',
      clientId: integration.technicalAccount.clientId,
      organizationId: integration.org,
      metascopes: ['ent_aem_cloud_sdk', 'ent_cloudmgr_sdk'],
    });
    expect(credential.clientSecret.reveal()).toBe(integration.technicalAccount.clientSecret);
    expect(credential.privateKey.equals(made.privateKey)).toBe(true);
  });

  it('uses the technical account’s id, not the e-mail address that looks like it', () => {
    expect(credentialIn('jwt', parse(made.document)).technicalAccountId).toBe(integration.id);
    expect(integration.email).not.toBe(integration.id);
  });

  it('reads the fingerprint and the dates of the certificate', () => {
    const { certificate } = credentialIn('jwt', parse(made.document));
    const der = new X509Certificate(integration.publicKey).raw;
    expect(certificate.sha256).toBe(createHash('sha256').update(der).digest('hex'));
    expect(certificate.notAfter).toBe(made.certificate.notAfter.getTime());
    expect(certificate.notBefore).toBe(made.certificate.notBefore.getTime());
  });

  it('reads a bare integration object', () => {
    expect(parse(integration)).toMatchObject({ kind: 'jwt', technicalAccountId: integration.id });
    expect(problemIn(parse({ ...integration, org: undefined })).diagnosis).toContain('`org` is missing');
  });

  it('accepts unknown fields, and needs no e-mail address', () => {
    expect(parse(withField(made.document, 'integration.somethingNew', { a: 1 })).kind).toBe('jwt');
    expect(parse(withField(made.document, 'integration.email', undefined)).kind).toBe('jwt');
  });

  it('defaults to Adobe’s production without an endpoint', () => {
    expect(parse(withField(made.document, 'integration.imsEndpoint', undefined))).toMatchObject({
      imsOrigin: 'https://ims-na1.adobelogin.com',
    });
    expect(
      problemIn(parse(withField(made.document, 'integration.imsEndpoint', 'evil.example'))),
    ).toMatchObject({
      documentKind: 'jwt',
      code: 'credential_endpoint_refused',
      diagnosis: expect.stringContaining('`integration.imsEndpoint`'),
    });
  });

  it.each(['pkcs1', 'pkcs8'] as const)('reads a %s key with either line break', async (keyFormat) => {
    for (const lineBreak of ['\n', '\r\n'] as const) {
      const { document } = await makeServiceCredentials({ keyFormat, lineBreak });
      expect(document.integration.privateKey).toContain(
        keyFormat === 'pkcs1' ? 'BEGIN RSA PRIVATE KEY' : 'BEGIN PRIVATE KEY',
      );
      expect(parse(document).kind).toBe('jwt');
    }
  });

  it('refuses a key and a certificate of two documents', async () => {
    const other = await makeServiceCredentials();
    const problem = problemIn(
      parse(withField(made.document, 'integration.privateKey', other.document.integration.privateKey)),
    );
    expect(problem).toMatchObject({ documentKind: 'jwt', code: 'credential_key_mismatch' });
    expect(problem.diagnosis).toContain('`integration.privateKey` does not belong');
  });

  it('accepts the certificate until its last second, and then reports its end and the remedy', async () => {
    const start = NOW - 400 * DAY;
    const { document, certificate } = await makeServiceCredentials({ notBefore: start, days: 365 });
    const end = instant(certificate.notAfter.getTime());
    expect(parse(document, { now: end }).kind).toBe('jwt');
    const problem = problemIn(parse(document, { now: later(end, millis(1)) }));
    expect(problem).toMatchObject({ documentKind: 'jwt', code: 'credential_certificate_expired' });
    expect(problem.diagnosis).toContain(certificate.notAfter.toISOString());
    expect(problem.diagnosis).toContain('Create a new private key in the AEM Developer Console');
  });

  it('accepts a certificate before its first day, because clocks differ', async () => {
    const { document } = await makeServiceCredentials({ notBefore: NOW + DAY });
    expect(parse(document).kind).toBe('jwt');
  });
});
