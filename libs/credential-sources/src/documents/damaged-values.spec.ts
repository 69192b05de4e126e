import { describe, expect, it } from 'vitest';

import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { parse, problemIn } from '../../../../test/support/credential-sources/parse.ts';
import { withField } from '../../../../test/support/credential-sources/with-field.ts';
import { makeServiceCredentials } from '../../../../test/support/service-credentials.ts';

const { document } = await makeServiceCredentials();

describe('parseCredential with invisible damage in a value', () => {
  it.each([
    [{ CLIENT_SECRETS: ['p8e-xxxx\n'] }, '`CLIENT_SECRETS[0]` has a line break (U+000A) at position 9 of 9'],
    [
      { CLIENT_SECRETS: ['good', 'p8e\r'] },
      '`CLIENT_SECRETS[1]` has a carriage return (U+000D) at position 4',
    ],
    [{ CLIENT_SECRETS: ['p8e\tx'] }, 'a tab (U+0009) at position 4'],
    [{ CLIENT_SECRETS: ['p8e '] }, 'a blank (U+0020) at position 4'],
    [{ CLIENT_SECRETS: ['\u200Bp8e'] }, 'a zero-width space (U+200B) at position 1'],
    [{ CLIENT_SECRETS: ['p8e–x'] }, 'a dash (U+2013) at position 4'],
    [{ CLIENT_SECRETS: ['“p8e”'] }, 'a typographic quotation mark (U+201C) at position 1'],
    [{ CLIENT_SECRETS: ['p8e\u007F'] }, '(U+007F) at position 4'],
    [{ CLIENT_ID: 'abc\u00A0' }, '`CLIENT_ID` has a no-break space (U+00A0) at position 4'],
    [{ CLIENT_ID: '\uFEFFabc' }, '`CLIENT_ID` has a byte order mark (U+FEFF) at position 1'],
    [{ SCOPES: ['openid\n'] }, '`SCOPES[0]` has a line break'],
    [{ SCOPES: ['"openid"'] }, '`SCOPES[0]` must be one scope'],
    [{ ORG_ID: '1234@AdobeOrg\u00AD' }, '`ORG_ID` has a soft hyphen (U+00AD) at position 14'],
  ])('names field, position and character of %j', (fields, reason) => {
    const problem = problemIn(parse(oauthDocument(fields)));
    expect(problem).toMatchObject({ documentKind: 'oauth', code: 'credential_invalid_field' });
    expect(problem.diagnosis).toContain(reason);
  });

  it.each([
    ['integration.technicalAccount.clientSecret', 'p8e-x\n'],
    ['integration.technicalAccount.clientId', 'cm-p1\u200B'],
    ['integration.id', 'ABC@techacct.adobe.com\n'],
    ['integration.org', '\u00A01234@AdobeOrg'],
    ['integration.metascopes', 'ent_aem_cloud_api\u200B'],
  ])('names %s of service credentials', (field, value) => {
    const problem = problemIn(parse(withField(document, field, value)));
    expect(problem.diagnosis).toMatch(/ at position \d+ of \d+/);
    expect(problem.diagnosis).toContain(`\`${field}\``);
  });

  it('accepts a blank inside a secret, which OAuth allows', () => {
    expect(parse(oauthDocument({ CLIENT_SECRETS: ['two words'] })).kind).toBe('oauth');
  });
});

describe('parseCredential with ids in each other’s places', () => {
  const { id, org } = document.integration;
  const email = '01234567-89ab-4cde-8f01-23456789abcd@techacct.adobe.com';
  it.each([
    ['id', { id: org, org: id }, '`integration.id` must have the form of ID@techacct.adobe.com'],
    ['org', { id: org, org: id }, '`integration.org` must have the form of ID@AdobeOrg'],
    ['email', { id: email, email: id }, '`integration.id` has the value of `email`'],
  ])('names %s', (_, swapped, reason) => {
    const integration = { ...document.integration, ...swapped };
    expect(problemIn(parse({ ...document, integration })).diagnosis).toContain(reason);
  });

  it('names ORG_ID of an OAuth credential', () => {
    const problem = problemIn(parse(oauthDocument({ ORG_ID: 'ABC@techacct.adobe.com' })));
    expect(problem.diagnosis).toContain('`ORG_ID` must have the form of ID@AdobeOrg');
  });
});
