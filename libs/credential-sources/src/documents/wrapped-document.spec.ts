import { describe, expect, it } from 'vitest';

import { documentNotices } from '#libs/credential-sources';

import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import {
  ADOBE_ORIGINS,
  credentialIn,
  parse,
  problemIn,
} from '../../../../test/support/credential-sources/parse.ts';
import { makeServiceCredentials } from '../../../../test/support/service-credentials.ts';

const { document } = await makeServiceCredentials();
const json = JSON.stringify;
const codes = (stored: unknown): string[] =>
  documentNotices(Buffer.from(json(stored)), ADOBE_ORIGINS).map(({ code }) => code);

describe('parseCredential with a layer of text around a document', () => {
  it.each([
    ['encoded twice', json(document), 'jwt', 'document_encoded_twice'],
    ['encoded twice', json(oauthDocument()), 'oauth', 'document_encoded_twice'],
    ['under a key of the console’s editor', { 'aem-dev': json(document) }, 'jwt', 'document_wrapped'],
    ['under any key', { '': json(oauthDocument()) }, 'oauth', 'document_wrapped'],
    ['whole, under its own field', { integration: json(document) }, 'jwt', 'document_wrapped'],
    [
      'in an answer of get-secret-value',
      { ARN: 'arn', Name: 'ims/aem-dev', SecretString: json(document), VersionStages: ['AWSCURRENT'] },
      'jwt',
      'document_wrapped',
    ],
    ['under its own field', { integration: json(document.integration) }, 'jwt', 'document_wrapped'],
    [
      'beside other fields',
      { ...document, integration: json(document.integration) },
      'jwt',
      'document_wrapped',
    ],
  ])('takes a document that is %s', (_, stored, kind, notice) => {
    expect(parse(json(stored))).toMatchObject({ kind });
    expect(codes(stored)).toEqual([notice]);
  });

  it.each([
    ['two layers', json(json(document)), 'encoded more than twice'],
    [
      'several documents',
      { 'aem-dev': json(document), 'aem-prod': json(document) },
      'has 2 keys, of which 2 hold JSON',
    ],
    ['text that is no document', 'hello', 'a JSON text, not an object'],
  ])('says what happened to %s, and how to store it right', (_, stored, reason) => {
    const { diagnosis } = problemIn(parse(json(stored)));
    expect(diagnosis).toContain(reason);
    expect(diagnosis).toMatch(/ims-token put NAME FILE.*Plaintext/);
    expect(diagnosis).not.toContain('hello');
  });

  it('has no notice for a good document', () => {
    expect(codes(document)).toEqual([]);
    expect(codes(oauthDocument())).toEqual([]);
  });

  it.each([
    ['IMS_ENDPOINT'],
    ['IMS_HOST'],
    ['ims_endpoint'],
    ['imsendpoint'],
    ['grant_type'],
    ['HTTPS_PROXY'],
  ])('warns that %s has no effect', (name) => {
    const stored = oauthDocument({ [name]: 'MARKED' });
    expect(parse(stored).kind).toBe('oauth');
    const [notice, ...others] = documentNotices(Buffer.from(json(stored)), ADOBE_ORIGINS);
    expect(notice).toMatchObject({
      code: 'field_ignored',
      diagnosis: expect.stringContaining(`\`${name}\``),
    });
    expect(json(notice)).not.toContain('MARKED');
    expect(others).toEqual([]);
  });

  it('warns of an imsEndpoint beside the credential, and not inside it', () => {
    const { integration } = document;
    const imsEndpoint = 'ims-na1.adobelogin.com';
    expect(codes({ ok: true, integration: { ...integration, imsEndpoint } })).toEqual([]);
    expect(codes({ ok: true, imsEndpoint, integration })).toEqual(['field_ignored']);
    expect(codes({ imsEndpoint, oauth_server_to_server: oauth })).toEqual(['field_ignored']);
    expect(codes({ imsEndpoint: null, integration })).toEqual([]);
  });
});

const oauth = { client_id: 'id', client_secrets: ['p8e-one'], scopes: ['openid'] };
const entry = (name: string, fields: object = { oauth_server_to_server: oauth }) => ({
  id: '436084',
  name,
  ...fields,
});
const project = (...credentials: readonly object[]) => ({
  project: {
    id: '1',
    org: { id: '23294', name: 'Org', ims_org_id: '1234@AdobeOrg' },
    workspace: { id: '2', name: 'Production', details: { credentials } },
  },
});

describe('parseCredential with the download of a whole project', () => {
  it.each([
    ['alone', project(entry('one'))],
    ['beside an API key', project({ id: '7', api_key: { client_id: 'x' } }, entry('one'))],
  ])('reads the one usable credential %s, with the organization of the project', (_, stored) => {
    const credential = credentialIn('oauth', parse(stored));
    expect(credential).toMatchObject({ clientId: 'id', organizationId: '1234@AdobeOrg', scopes: ['openid'] });
  });

  it('names a faulty field by its full path', () => {
    const broken = project(
      { api_key: {} },
      entry('one', { oauth_server_to_server: { ...oauth, scopes: [] } }),
    );
    expect(problemIn(parse(broken)).diagnosis).toContain(
      '`project.workspace.details.credentials[1].oauth_server_to_server.scopes` is empty',
    );
  });

  it('names several credentials and how to choose, and no secret in the place of a name', () => {
    const { diagnosis } = problemIn(parse(project(entry('Campaign prod'), entry('p8e-one'))));
    expect(diagnosis).toMatch(
      /2 OAuth.*number 1, "Campaign prod", id 436084; number 2, id 436084.*Choose one/,
    );
    expect(diagnosis).not.toContain('p8e-one');
  });

  it.each([
    ['API keys only', project({ api_key: {} }, { api_key: {} }), '2 × API key'],
    ['a retired credential', project({ jwt: {} }), '1 × Service Account (JWT) credential'],
    ['something new', project({ brand_new: {} }), '1 of another kind'],
    ['nothing', project(), 'no other credential'],
  ])('says what there is in a project with %s', (_, stored, reason) => {
    expect(problemIn(parse(stored)).diagnosis).toContain(reason);
  });
});
