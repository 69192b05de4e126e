import { describe, expect, it } from 'vitest';

import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { parse, problemIn } from '../../../../test/support/credential-sources/parse.ts';
import { withField } from '../../../../test/support/credential-sources/with-field.ts';
import { makeServiceCredentials } from '../../../../test/support/service-credentials.ts';

const MARK = 'MARKEDSECRET';
const good = JSON.stringify(oauthDocument({ CLIENT_SECRETS: [MARK] }), null, 2);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('parseCredential with a text that is not JSON', () => {
  it.each([
    ['the base64 of a document', base64(good), 'base64 -d'],
    ['base64 with line breaks', base64(good).replaceAll(/.{76}/g, '$&\n'), 'base64 -d'],
    ['a bare token', `eyJhbGciOiJSUzI1NiJ9.${base64(MARK)}.sig`, 'a bare token'],
    ['a bare client secret', `p8e-${MARK}`, 'a client secret by itself'],
    ['a key alone', `-----BEGIN RSA PRIVATE KEY-----\n${MARK}`, 'a key or a certificate by itself'],
    ['quotes stripped by PowerShell', good.replaceAll('"', ''), 'PowerShell'],
    ['single quotes around it', `'${good}'`, 'the shell of Windows'],
    ['escaped quotes', good.replaceAll('"', '\\"'), 'without the backslashes'],
    ['quotes of Python', good.replaceAll('"', "'"), 'as Python prints it'],
    ['typographic quotes', good.replaceAll('"', '”'), 'typographic quotation marks'],
    ['an environment file', `CLIENT_SECRET=${MARK}`, 'environment variables'],
    ['YAML', `CLIENT_SECRET: ${MARK}`, 'YAML'],
    ['a path', `/etc/secrets/${MARK}.json`, 'the path of a file'],
    ['a path of Windows', `C:\\keys\\${MARK}.json`, 'the path of a file'],
    ['a file name', `${MARK}.json`, 'the path of a file'],
    ['a reference to a vault', `op://vault/${MARK}`, 'a reference to a secret elsewhere'],
    ['an ARN', `arn:aws:secretsmanager:eu-central-1:1:secret:${MARK}`, 'a reference to a secret elsewhere'],
    ['a placeholder', `{{ secrets.${MARK} }}`, 'a placeholder'],
    ['a placeholder of a shell', `\${${MARK}}`, 'a placeholder'],
    ['hexadecimal digits', Buffer.from(good).toString('hex'), 'hexadecimal digits'],
    ['a raw line break inside a text', good.replace(MARK, `${MARK}\n`), 'a raw line break inside a text'],
    ['a raw CRLF inside a text', good.replace(MARK, `${MARK}\r\n`), 'a raw line break inside a text'],
  ])('names %s and quotes nothing', (_, text, clause) => {
    const problem = problemIn(parse(text));
    expect(problem).toMatchObject({ documentKind: null, code: 'credential_invalid_json' });
    expect(problem.diagnosis).toContain(clause);
    expect(problem.diagnosis).not.toContain(MARK);
  });
});

const { document } = await makeServiceCredentials();
const { privateKey, publicKey } = document.integration;

describe('parseCredential with keys and certificates in other forms', () => {
  it.each([
    ['lines', privateKey.trimEnd().split('\r\n')],
    ['lines with their breaks', privateKey.trimEnd().split(/(?<=\n)/)],
  ])('takes a list of %s', (_, lines) => {
    expect(parse(withField(document, 'integration.privateKey', lines)).kind).toBe('jwt');
    const both = withField(document, 'integration.privateKey', lines);
    expect(parse(withField(both, 'integration.publicKey', publicKey.split('\r\n'))).kind).toBe('jwt');
  });

  it.each([
    ['privateKey', base64(privateKey), 'is the base64 of a PEM'],
    ['publicKey', base64(publicKey), 'is the base64 of a PEM'],
    ['privateKey', privateKey.split('\r\n').slice(1, -2).join(''), 'is base64 without the lines'],
    ['privateKey', '/etc/keys/private.key', 'is the path of a file'],
    ['privateKey', 'file://private.pem', 'is the path of a file'],
    ['privateKey', 'C:\\keys\\private.key', 'is the path of a file'],
    ['publicKey', './certificate.crt', 'is the path of a file'],
    [
      'privateKey',
      '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
      'holds a public key, not a private key',
    ],
    [
      'publicKey',
      '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
      'holds a public key, not a certificate',
    ],
    ['privateKey', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n', 'in the form of OpenSSH'],
    ['privateKey', '-----BEGIN EC PRIVATE KEY-----\nMHcC\n', 'holds a key that is not RSA'],
    ['privateKey', '-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQ\n', 'holds a key of PGP'],
    ['privateKey', 'PuTTY-User-Key-File-3: ssh-rsa\n', 'in the form of PuTTY'],
    ['privateKey', '{"kty":"RSA"}', 'such as a JWK'],
    ['publicKey', '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n', 'holds a certificate request'],
    ['privateKey', privateKey.replaceAll('\r\n', ' '), 'its line breaks are lost'],
  ])('names the form of %s', (field, value, form) => {
    const { diagnosis } = problemIn(parse(withField(document, `integration.${field}`, value)));
    expect(diagnosis).toContain(`\`integration.${field}\``);
    expect(diagnosis).toContain(form);
  });
});
