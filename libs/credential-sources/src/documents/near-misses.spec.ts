import { describe, expect, it } from 'vitest';

import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { credentialIn, parse, problemIn } from '../../../../test/support/credential-sources/parse.ts';
import { withField } from '../../../../test/support/credential-sources/with-field.ts';
import { makeServiceCredentials } from '../../../../test/support/service-credentials.ts';

const { document } = await makeServiceCredentials();
const workspace = { client_id: 'id', client_secrets: ['one'], scopes: ['openid', 'AdobeID'] };

describe('parseCredential with metascopes', () => {
  it.each([
    ['a claim', 'https://ims-na1.adobelogin.com/s/ent_aem_cloud_api'],
    [
      'two claims',
      'https://ims-na1.adobelogin.com/s/ent_aem_cloud_api,https://ims-na1.adobelogin.com/s/ent_x',
    ],
    ['the path of a claim', '/s/ent_aem_cloud_api'],
    ['a list', ['ent_aem_cloud_api', '/s/ent_x']],
    ['JSON text', '["ent_aem_cloud_api"]'],
    ['JSON text of one name', '"ent_aem_cloud_api"'],
  ])('takes %s for the names', (_, metascopes) => {
    const { metascopes: names } = credentialIn(
      'jwt',
      parse(withField(document, 'integration.metascopes', metascopes)),
    );
    expect(['ent_aem_cloud_api', 'ent_aem_cloud_api,ent_x']).toContain(names.join(','));
  });

  it.each([['{"ent_x":true}'], ['https://ims.example/c/ent_x'], ['/s/'], ['s/ent_x'], [[['ent_x']]], ['[]']])(
    'refuses %j',
    (metascopes) => {
      const problem = problemIn(parse(withField(document, 'integration.metascopes', metascopes)));
      expect(problem).toMatchObject({ code: 'credential_invalid_field' });
      expect(problem.diagnosis).toContain('`integration.metascopes`');
    },
  );
});

describe('parseCredential with null in an optional field', () => {
  it.each([[{ ORG_ID: null }], [{ imsEndpoint: null }], [{ ORG_ID: null, imsEndpoint: null, EXTRA: null }]])(
    'reads %j as absent',
    (fields) => {
      expect(parse(oauthDocument(fields))).toMatchObject({ kind: 'oauth' });
    },
  );

  it('reads null beside the fields of another kind as absent', () => {
    expect(parse({ ...oauthDocument(), accessToken: null, integration: null }).kind).toBe('oauth');
    expect(parse({ ...document, accessToken: null }).kind).toBe('jwt');
    expect(parse(withField(document, 'integration.imsEndpoint', null)).kind).toBe('jwt');
    expect(parse({ oauth_server_to_server: { ...workspace, org_id: null } }).kind).toBe('oauth');
  });
});

describe('parseCredential with near misses of OAuth documents', () => {
  it.each([
    ['one secret as client_secret', { ...workspace, client_secrets: undefined, client_secret: 'one' }],
    ['one secret as text', { ...workspace, client_secrets: 'one' }],
    ['secrets as JSON text', { ...workspace, client_secrets: '["one"]' }],
    ['scopes between commas', { ...workspace, scopes: 'openid,AdobeID' }],
    ['scopes between blanks', { ...workspace, scopes: 'openid AdobeID' }],
    ['scopes as JSON text', { ...workspace, scopes: '["openid","AdobeID"]' }],
    ['scope', { ...workspace, scopes: undefined, scope: 'openid, AdobeID' }],
    ['fields inside integration', { integration: workspace }],
    [
      'capital fields inside integration',
      { ok: true, integration: { CLIENT_ID: 'id', CLIENT_SECRETS: ['one'], SCOPES: ['openid', 'AdobeID'] } },
    ],
    ['CLIENT_SECRET', { CLIENT_ID: 'id', CLIENT_SECRET: 'one', SCOPES: 'openid,AdobeID' }],
  ])('takes %s', (_, near) => {
    const credential = credentialIn('oauth', parse(near));
    expect(credential).toMatchObject({ clientId: 'id', scopes: ['openid', 'AdobeID'] });
    expect(credential.clientSecrets.map((secret) => secret.reveal())).toEqual(['one']);
  });

  it('names a faulty field by the name that the document uses', () => {
    const near = { integration: { ...workspace, client_secrets: undefined, client_secret: 'p8e\n' } };
    expect(problemIn(parse(near)).diagnosis).toContain('`integration.client_secret[0]` has a line break');
  });
});
