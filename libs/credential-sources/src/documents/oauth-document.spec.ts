import { describe, expect, it } from 'vitest';

import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { credentialIn, parse, problemIn } from '../../../../test/support/credential-sources/parse.ts';

const workspaceObject = (fields: Readonly<Record<string, unknown>> = {}) => ({
  client_id: 'workspace-client',
  client_secrets: ['p8e-one', 'p8e-two'],
  technical_account_email: 'abc@techacct.adobe.com',
  technical_account_id: 'ABC@techacct.adobe.com',
  scopes: ['openid', 'AdobeID'],
  ...fields,
});

describe('parseCredential with an OAuth Server-to-Server credential', () => {
  it('reads the Adobe Developer Console’s download', () => {
    const credential = credentialIn('oauth', parse(oauthDocument({ CLIENT_SECRETS: ['one', 'two'] })));
    expect(credential).toMatchObject({
      clientId: '5c1a0f2d3b4e4f6a8b9c0d1e2f3a4b5c',
      organizationId: '1234@AdobeOrg',
      scopes: ['openid', 'AdobeID', 'aem.folders'],
    });
    expect(credential.clientSecrets.map((secret) => secret.reveal())).toEqual(['one', 'two']);
  });

  it.each([
    ['bare', workspaceObject()],
    ['under its name', { oauth_server_to_server: workspaceObject() }],
    [
      'in its entry of a workspace file',
      { id: '1', integration_type: 'oauth_server_to_server', oauth_server_to_server: workspaceObject() },
    ],
  ])('reads the object of a workspace file: %s', (_, document) => {
    const credential = credentialIn('oauth', parse(document));
    expect(credential).toMatchObject({
      clientId: 'workspace-client',
      organizationId: null,
      scopes: ['openid', 'AdobeID'],
    });
    expect(credential.clientSecrets.map((secret) => secret.reveal())).toEqual(['p8e-one', 'p8e-two']);
  });

  it('needs no organization and no technical account, and accepts unknown fields', () => {
    const { CLIENT_ID, CLIENT_SECRETS, SCOPES } = oauthDocument();
    expect(parse({ CLIENT_ID, CLIENT_SECRETS, SCOPES, SOMETHING_NEW: 1 })).toMatchObject({
      kind: 'oauth',
      organizationId: null,
    });
  });

  it.each([
    ['CLIENT_ID', undefined, '`CLIENT_ID` is missing'],
    ['CLIENT_ID', '', '`CLIENT_ID` is empty'],
    ['CLIENT_ID', 42, '`CLIENT_ID` must be text'],
    ['CLIENT_ID', 'a b', '`CLIENT_ID` must not contain blanks'],
    ['CLIENT_SECRETS', undefined, '`CLIENT_SECRETS` is missing'],
    ['CLIENT_SECRETS', [], '`CLIENT_SECRETS` is empty'],
    ['CLIENT_SECRETS', 7, '`CLIENT_SECRETS` must be a list'],
    ['CLIENT_SECRETS', '', '`CLIENT_SECRETS` must be a list'],
    ['CLIENT_SECRETS', ['p8e', ''], '`CLIENT_SECRETS[1]` is empty'],
    ['CLIENT_SECRETS', [null], '`CLIENT_SECRETS[0]` must be text'],
    ['SCOPES', undefined, '`SCOPES` is missing'],
    ['SCOPES', [], '`SCOPES` is empty'],
    ['SCOPES', { openid: true }, '`SCOPES` must be a list'],
    ['SCOPES', ['openid,AdobeID'], '`SCOPES[0]` must be one scope'],
    ['SCOPES', ['openid', ' AdobeID'], '`SCOPES[1]` must be one scope'],
    ['SCOPES', ['openid', ''], '`SCOPES[1]` is empty'],
    ['ORG_ID', 42, '`ORG_ID` must be text'],
  ])('refuses %s %j', (field, value, reason) => {
    const problem = problemIn(parse(oauthDocument({ [field]: value })));
    expect(problem).toMatchObject({ documentKind: 'oauth', code: 'credential_invalid_field' });
    expect(problem.diagnosis).toContain(reason);
    expect(problem.diagnosis).toContain('Download');
  });

  it('names a faulty field of a workspace file by its full path', () => {
    const document = { oauth_server_to_server: workspaceObject({ client_secrets: undefined }) };
    expect(problemIn(parse(document)).diagnosis).toContain(
      '`oauth_server_to_server.client_secrets` is missing',
    );
    expect(problemIn(parse({ oauth_server_to_server: null })).diagnosis).toContain(
      '`oauth_server_to_server` must be an object',
    );
  });

  it('names the first five faulty fields and counts the others', () => {
    const { diagnosis } = problemIn(
      parse(oauthDocument({ CLIENT_ID: '', SCOPES: Array.from({ length: 9 }, () => '') })),
    );
    expect(diagnosis).toContain('`CLIENT_ID` is empty; `SCOPES[0]` is empty');
    expect(diagnosis).toContain('and 5 more');
  });
});
