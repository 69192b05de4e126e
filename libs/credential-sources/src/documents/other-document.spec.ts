import { describe, expect, it } from 'vitest';

import { parse, problemIn } from '../../../../test/support/credential-sources/parse.ts';

const refusal = (document: unknown) => {
  const problem = problemIn(parse(document));
  expect(problem).toMatchObject({ documentKind: null, code: 'credential_unknown_document' });
  return problem.diagnosis;
};

describe('parseCredential with an unknown document', () => {
  it('lists the documents that the service understands', () => {
    expect(refusal({})).toMatch(/no fields.*service credentials.*OAuth Server-to-Server.*local development/);
  });

  it.each([
    ['an error answer of the Developer Console', { ok: false, statusCode: 403 }, '"ok": false'],
    ['the same around a credential', { ok: false, integration: {} }, '"ok": false'],
    ['an IMS error', { error: 'invalid_client', error_description: 'x' }, 'an error answer'],
    ['a token answer', { access_token: 'x', expires_in: 1 }, 'token endpoint'],
    ['a whole workspace file', { project: { workspace: {} } }, '`oauth_server_to_server` object'],
    ['a retired JWT download', { CLIENT_ID: 'x', CLIENT_SECRET: 'y', META_SCOPES: [] }, 'Adobe retired'],
    ['a retired JWT entry', { id: '1', integration_type: 'service', jwt: {} }, 'Adobe retired'],
    ['a retired JWT object', { client_id: 'x', client_secret: 'y', meta_scopes: [] }, 'Adobe retired'],
    ['an API key', { api_key: 'x' }, 'API key'],
  ])('recognises %s', (_, document, hint) => {
    expect(refusal(document)).toContain(hint);
  });

  it('names the fields whose names Adobe uses, and counts the others', () => {
    const diagnosis = refusal({ CLIENT_ID: 'x', p8eLooksLikeAName: 1, token: 'y' });
    expect(diagnosis).toContain('`CLIENT_ID`, `token`, 1 of other names');
    expect(diagnosis).not.toContain('p8eLooksLikeAName');
  });
});
