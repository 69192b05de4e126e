import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { makeRsaKey, makeServiceCredentials } from '../../../../test/support/service-credentials.ts';
import { parse, problemIn } from '../../../../test/support/credential-sources/parse.ts';
import { withField } from '../../../../test/support/credential-sources/with-field.ts';

const made = await makeServiceCredentials();
const { integration } = made.document;

const pem = (key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string =>
  String(key.export({ type: 'pkcs8', format: 'pem' }));

function encrypted(type: 'pkcs1' | 'pkcs8'): string {
  return String(
    made.privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'passphrase' }),
  );
}

describe('parseCredential with faulty AEM service credentials', () => {
  it.each([
    ['integration', null, 'must be an object'],
    ['integration', 'text', 'must be an object'],
    ['integration.metascopes', undefined, 'is missing'],
    ['integration.metascopes', [7], 'must be text'],
    ['integration.metascopes', { ent_aem_cloud_api: true }, 'must be text'],
    ['integration.metascopes', 'https://ims.example/other/x', 'must be names'],
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
  ])('refuses %s %j', (field, value, reason) => {
    const problem = problemIn(parse(withField(made.document, field, value)));
    expect(problem).toMatchObject({ documentKind: 'jwt', code: 'credential_invalid_field' });
    expect(problem.diagnosis).toContain(`\`${field}\``);
    expect(problem.diagnosis).toContain(reason);
    expect(problem.diagnosis).toContain('Download the document again from the AEM Developer Console');
  });
});
