import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';

import { instant, later, millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { makeRsaKey, makeServiceCredentials } from '../support/service-credentials.ts';
import { credentialIn, NOW, parse, problemIn } from './support/parse.ts';

const made = await makeServiceCredentials({ metascopes: 'ent_aem_cloud_sdk,ent_cloudmgr_sdk' });
const { integration } = made.document;
const DAY = 86_400_000;

/** The document with one field, given by its path, replaced; or taken out, where the value is undefined. */
function withField(path: string, value: unknown): Record<string, unknown> {
  const document = structuredClone(made.document) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, document);
  holder[last] = value;
  return document;
}

const pem = (key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string =>
  String(key.export({ type: 'pkcs8', format: 'pem' }));

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
    expect(parse(withField('integration.somethingNew', { a: 1 })).kind).toBe('jwt');
    expect(parse(withField('integration.email', undefined)).kind).toBe('jwt');
  });

  it('ask Adobe’s production where they name no endpoint', () => {
    expect(parse(withField('integration.imsEndpoint', undefined))).toMatchObject({
      imsOrigin: 'https://ims-na1.adobelogin.com',
    });
    expect(problemIn(parse(withField('integration.imsEndpoint', 'evil.example')))).toMatchObject({
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

  it.each([
    ['integration', null, 'must be an object'],
    ['integration', 'text', 'must be an object'],
    ['integration.metascopes', undefined, 'is missing'],
    ['integration.metascopes', ['ent_aem_cloud_api'], 'must be text'],
    ['integration.metascopes', '', 'is empty'],
    ['integration.metascopes', 'a, b', 'without blanks'],
    ['integration.metascopes', ' a', 'without blanks'],
    ['integration.metascopes', 'a b', 'without blanks'],
    ['integration.metascopes', 'a\n', 'without blanks'],
    ['integration.metascopes', 'a,,b', 'empty entries'],
    ['integration.metascopes', 'a,', 'empty entries'],
    ['integration.metascopes', ',', 'empty entries'],
    ['integration.technicalAccount', undefined, 'is missing'],
    ['integration.technicalAccount', [], 'must be an object'],
    ['integration.technicalAccount.clientId', undefined, 'is missing'],
    ['integration.technicalAccount.clientId', 'cm-p1 e2', 'must not contain blanks'],
    ['integration.technicalAccount.clientSecret', undefined, 'is missing'],
    ['integration.technicalAccount.clientSecret', '', 'is empty'],
    ['integration.technicalAccount.clientSecret', 7, 'must be text'],
    ['integration.id', undefined, 'is missing'],
    ['integration.id', 'ABCD', 'must have the form of ID@techacct.adobe.com'],
    ['integration.org', undefined, 'is missing'],
    ['integration.org', '1234', 'must have the form of ID@AdobeOrg'],
    ['integration.privateKey', undefined, 'is missing'],
    ['integration.privateKey', 'REDACTED', 'is not a private key in PEM form'],
    ['integration.privateKey', integration.privateKey.slice(0, 200), 'is not a private key in PEM form'],
    [
      'integration.privateKey',
      integration.privateKey.replaceAll('\r\n', ' '),
      'is not a private key in PEM form',
    ],
    ['integration.privateKey', integration.privateKey.replaceAll('\r\n', '\\r\\n'), 'escaped twice'],
    ['integration.privateKey', integration.privateKey.replaceAll('\r\n', '\\n'), 'escaped twice'],
    ['integration.privateKey', integration.publicKey, 'holds a certificate'],
    ['integration.privateKey', pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), 'RS256'],
    ['integration.privateKey', pem(generateKeyPairSync('ed25519').privateKey), 'RS256'],
    ['integration.privateKey', pem(makeRsaKey(1_024)), '1024 bits'],
    ['integration.privateKey', encrypted('pkcs1'), 'is encrypted'],
    ['integration.privateKey', encrypted('pkcs8'), 'is encrypted'],
    ['integration.publicKey', undefined, 'is missing'],
    ['integration.publicKey', 'REDACTED', 'is not a certificate in PEM form'],
    ['integration.publicKey', integration.publicKey.slice(0, 200), 'is not a certificate in PEM form'],
    ['integration.publicKey', integration.publicKey.replaceAll('\r\n', '\\r\\n'), 'escaped twice'],
    ['integration.publicKey', integration.privateKey, 'holds a private key'],
  ])('with %s %j are refused', (field, value, reason) => {
    const problem = problemIn(parse(withField(field, value)));
    expect(problem).toMatchObject({ documentKind: 'jwt', code: 'credential_invalid_field' });
    expect(problem.diagnosis).toContain(`\`${field}\``);
    expect(problem.diagnosis).toContain(reason);
    expect(problem.diagnosis).toContain('Download the document again from the AEM Developer Console');
  });

  it('are refused where key and certificate come from two documents', () => {
    const problem = problemIn(parse(withField('integration.privateKey', pem(makeRsaKey()))));
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

function encrypted(type: 'pkcs1' | 'pkcs8'): string {
  return String(
    made.privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'passphrase' }),
  );
}
