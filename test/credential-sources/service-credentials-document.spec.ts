import { createHash, X509Certificate } from 'node:crypto';

import { instant, later, millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { makeServiceCredentials } from '../support/service-credentials.ts';
import { credentialIn, NOW, parse, problemIn } from './support/parse.ts';
import { withField } from './support/with-field.ts';

const made = await makeServiceCredentials({ metascopes: 'ent_aem_cloud_sdk,ent_cloudmgr_sdk' });
const { integration } = made.document;
const DAY = 86_400_000;

describe('AEM service credentials', () => {
  it('are read as the Developer Console writes them', () => {
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

  it('sign for the technical account’s id, not for the e-mail address that looks like it', () => {
    expect(credentialIn('jwt', parse(made.document)).technicalAccountId).toBe(integration.id);
    expect(integration.email).not.toBe(integration.id);
  });

  it('tell their certificate’s fingerprint and days', () => {
    const { certificate } = credentialIn('jwt', parse(made.document));
    const der = new X509Certificate(integration.publicKey).raw;
    expect(certificate.sha256).toBe(createHash('sha256').update(der).digest('hex'));
    expect(certificate.notAfter).toBe(made.certificate.notAfter.getTime());
    expect(certificate.notBefore).toBe(made.certificate.notBefore.getTime());
  });

  it('may be stored as the bare integration object', () => {
    expect(parse(integration)).toMatchObject({ kind: 'jwt', technicalAccountId: integration.id });
    expect(problemIn(parse({ ...integration, org: undefined })).diagnosis).toContain('`org` is missing');
  });

  it('may have fields nobody knows yet, and need no e-mail address', () => {
    expect(parse(withField(made.document, 'integration.somethingNew', { a: 1 })).kind).toBe('jwt');
    expect(parse(withField(made.document, 'integration.email', undefined)).kind).toBe('jwt');
  });

  it('ask Adobe’s production where they name no endpoint', () => {
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

  it.each(['pkcs1', 'pkcs8'] as const)(
    'may hold the key as %s, with either line break',
    async (keyFormat) => {
      for (const lineBreak of ['\n', '\r\n'] as const) {
        const { document } = await makeServiceCredentials({ keyFormat, lineBreak });
        expect(document.integration.privateKey).toContain(
          keyFormat === 'pkcs1' ? 'BEGIN RSA PRIVATE KEY' : 'BEGIN PRIVATE KEY',
        );
        expect(parse(document).kind).toBe('jwt');
      }
    },
  );

  it('are refused where key and certificate come from two documents', async () => {
    const other = await makeServiceCredentials();
    const problem = problemIn(
      parse(withField(made.document, 'integration.privateKey', other.document.integration.privateKey)),
    );
    expect(problem).toMatchObject({ documentKind: 'jwt', code: 'credential_key_mismatch' });
    expect(problem.diagnosis).toContain('`integration.privateKey` does not belong');
  });

  it('are good to the last second of their certificate, and then say when it ended and what to do', async () => {
    const start = NOW - 400 * DAY;
    const { document, certificate } = await makeServiceCredentials({ notBefore: start, days: 365 });
    const end = instant(certificate.notAfter.getTime());
    expect(parse(document, { now: end }).kind).toBe('jwt');
    const problem = problemIn(parse(document, { now: later(end, millis(1)) }));
    expect(problem).toMatchObject({ documentKind: 'jwt', code: 'credential_certificate_expired' });
    expect(problem.diagnosis).toContain(certificate.notAfter.toISOString());
    expect(problem.diagnosis).toContain('Create a new private key in the AEM Developer Console');
  });

  it('are read before their certificate’s first day: clocks differ', async () => {
    const { document } = await makeServiceCredentials({ notBefore: NOW + DAY });
    expect(parse(document).kind).toBe('jwt');
  });
});
