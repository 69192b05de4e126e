import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { control, issueOAuth, issueServiceCredentials, ledger } from './support/control.ts';
import {
  aem,
  answerOf,
  exchange,
  exchangeParameters,
  grantParameters,
  post,
  tokenFor,
} from './support/ims-client.ts';
import { runSandbox } from './support/running-sandbox.ts';

describe('a request for a credential', () => {
  it.each([
    ['kind', {}],
    ['kind', { kind: 'saml' }],
    ['colour', { kind: 'jwt', colour: 'red' }],
    ['metascopes', { kind: 'jwt', metascopes: [] }],
    ['metascopes', { kind: 'jwt', metascopes: 'a b' }],
    ['scopes', { kind: 'oauth', scopes: 7 }],
    ['certificateDays', { kind: 'jwt', certificateDays: 'ten' }],
    ['certificateDays', { kind: 'jwt', certificateDays: 1e9 }],
    ['clientId', { kind: 'jwt', clientId: '../x' }],
    ['body', []],
    ['body', 'text'],
  ])('is refused with the name of the wrong field %s', async (field, body) => {
    const { origin } = await runSandbox();

    const answer = await answerOf(await control(origin, 'POST', 'credentials', body));

    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(answer.body['error_description']).toContain(`${field}: `);
  });

  it('is refused with the names of all wrong fields', async () => {
    const { origin } = await runSandbox();

    const answer = await answerOf(
      await control(origin, 'POST', 'credentials', { kind: 'saml', certificateDays: 'ten', colour: 'red' }),
    );

    expect(answer.body['error_description']).toMatch(/kind: .*certificateDays: .*colour: /);
  });

  it('is refused with a reason if it has no JSON or malformed JSON', async () => {
    const { origin } = await runSandbox();
    const url = `${origin}/sandbox/credentials`;
    const headers = { 'content-type': 'application/json' };

    const form = await answerOf(
      await fetch(url, { method: 'POST', body: new URLSearchParams({ kind: 'jwt' }) }),
    );
    const nothing = await answerOf(await fetch(url, { method: 'POST' }));
    const broken = await answerOf(await fetch(url, { method: 'POST', headers, body: '{"kind"' }));

    expect([form.status, nothing.status, broken.status]).toEqual([400, 400, 400]);
    expect(form.body['error_description']).toContain('Content-Type: application/json');
    expect(broken.body['error']).toBe('invalid_request');
  });

  it('may set the client id and the scopes', async () => {
    const { origin } = await runSandbox();

    const document = await issueOAuth(origin, { clientId: 'my-client', scopes: 'openid,aem.folders' });

    expect(document).toMatchObject({ CLIENT_ID: 'my-client', SCOPES: ['openid', 'aem.folders'] });
    expect((await post(`${origin}/ims/token/v3`, grantParameters(document))).status).toBe(200);
  });

  it('may change the metascopes of an existing account', async () => {
    const { origin } = await runSandbox();
    const before = await issueServiceCredentials(origin);
    const { clientId } = before.integration.technicalAccount;

    await issueServiceCredentials(origin, { clientId, metascopes: ['ent_user_sdk'] });

    expect(await exchange(before)).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  it('loses no certificate when sent twenty times at once for one account', async () => {
    const { origin } = await runSandbox();
    const { clientId } = (await issueServiceCredentials(origin)).integration.technicalAccount;

    const documents = await Promise.all(
      Array.from({ length: 20 }, () => issueServiceCredentials(origin, { clientId })),
    );

    const statuses = await Promise.all(documents.map(async (document) => (await exchange(document)).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('a revocation', () => {
  it('is a 404 for unknown things, and does not repeat the secret', async () => {
    const { origin } = await runSandbox();
    const { CLIENT_ID: clientId } = await issueOAuth(origin);

    const answers = [
      await answerOf(await control(origin, 'DELETE', 'credentials/nobody')),
      await answerOf(
        await control(origin, 'DELETE', `credentials/${clientId}?certificate=${'0'.repeat(64)}`),
      ),
      await answerOf(await control(origin, 'DELETE', `credentials/${clientId}?secret=p8e-mine`)),
    ];

    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 404, body: { error: 'not_found' } });
      expect(JSON.stringify(answer.body)).not.toContain('p8e-mine');
    }
  });

  it.each([
    ['certificate', 'certificate=abc'],
    ['secret', 'secret='],
    ['query', `secret=x&certificate=${'0'.repeat(64)}`],
    ['force', 'force=1'],
  ])('changes nothing if the parameter %s is invalid', async (field, query) => {
    const { origin } = await runSandbox();
    const document = await issueOAuth(origin);

    const answer = await answerOf(
      await control(origin, 'DELETE', `credentials/${document.CLIENT_ID}?${query}`),
    );

    expect(answer.status).toBe(400);
    expect(answer.body['error_description']).toContain(`${field}: `);
    expect((await post(`${origin}/ims/token/v3`, grantParameters(document))).status).toBe(200);
  });
});

describe('the request ledger', () => {
  it('counts requests, tokens and refusals by client', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);
    const { clientId } = document.integration.technicalAccount;
    await exchange(document);
    await exchange(document, {}, { client_secret: 'guess' });
    await exchange(document, {}, { client_id: 'nobody' });

    const { byClient } = await ledger(origin);

    expect(byClient).toEqual({
      [clientId]: { requests: 2, issued: 1, refused: 1 },
      nobody: { requests: 1, issued: 0, refused: 1 },
    });
  });

  it('lists requests to IMS and AEM, without secrets', async () => {
    const nowMs = Date.parse('2026-03-01T12:00:00Z');
    const { origin } = await runSandbox({ now: () => nowMs });
    const document = await issueServiceCredentials(origin);
    const { clientId, clientSecret } = document.integration.technicalAccount;
    const parameters = await exchangeParameters(document, {}, nowMs);
    const query = new URLSearchParams(parameters).toString();
    await fetch(`${origin}/ims/exchange/jwt/?${query}`, { method: 'POST' });
    const token = await tokenFor(document, nowMs);
    await aem(origin, token);
    await aem(origin, 'nonsense');

    const report = await ledger(origin);

    const at = '2026-03-01T12:00:00.000Z';
    expect(report.requests).toEqual([
      { at, method: 'POST', path: '/ims/exchange/jwt/', clientId, status: 200 },
      { at, method: 'POST', path: '/ims/exchange/jwt', clientId, status: 200 },
      { at, method: 'GET', path: '/aem/content/dam.json', clientId, status: 200 },
      { at, method: 'GET', path: '/aem/content/dam.json', clientId: null, status: 401 },
    ]);
    const text = JSON.stringify(report);
    for (const secret of [clientSecret, parameters['jwt_token'] ?? '', token])
      expect(text).not.toContain(secret);
  });

  it('keeps the latest 10,000 requests', async () => {
    const { origin } = await runSandbox();
    await fetch(`${origin}/ims/keys`);
    for (let batch = 0; batch < 101; batch += 1) {
      await Promise.all(
        Array.from({ length: 100 }, () => fetch(`${origin}/ims/elsewhere`).then((r) => r.text())),
      );
    }

    const { requests } = await ledger(origin);

    expect(requests).toHaveLength(10_000);
    expect(requests[0]?.path).toBe('/ims/elsewhere');
  });

  it('does not count its own requests, and accepts unusual client ids', async () => {
    const { origin } = await runSandbox();
    await fetch(`${origin}/ims/keys?client_id=__proto__`);
    await fetch(`${origin}/ims/keys?client_id=a&client_id=b`);

    const { byClient, requests } = await ledger(origin);

    expect(Object.keys(byClient)).toEqual(['__proto__', 'a']);
    expect(requests).toHaveLength(2);
  });
});

describe('unexpected requests', () => {
  it('get a response, and the sandbox continues', async () => {
    const logged: string[] = [];
    const { origin } = await runSandbox({ log: (line) => logged.push(line) });
    const url = `${origin}/ims/exchange/jwt`;
    const send = (body: string, type: string): Promise<Response> =>
      fetch(url, { method: 'POST', body, headers: { 'content-type': type } });

    const answers = await Promise.all([
      send('--x\r\nbroken', 'multipart/form-data; boundary=x'),
      send('no boundary', 'multipart/form-data'),
      send('%E0%A4%A=%', 'application/x-www-form-urlencoded'),
      send('{"client_id"', 'application/json'),
      send('client_id=x', 'text/plain'),
      send('<x/>', 'application/xml'),
      send('x'.repeat(2_000_000), 'application/x-www-form-urlencoded'),
      fetch(`${url}?client_id[]=x&__proto__=y&constructor=z`, { method: 'POST' }),
      fetch(url, { method: 'DELETE' }),
      fetch(`${origin}/ims/%ff`),
      fetch(`${origin}/elsewhere`),
    ]);

    const statuses = answers.map(({ status }) => status);
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 413, 400, 404, 400, 404]);
    expect((await fetch(`${origin}/ims/keys`)).status).toBe(200);
    expect(logged).toEqual([]);
  });

  it('to unknown paths get a response that names the known paths', async () => {
    const { origin } = await runSandbox();

    const answer = await answerOf(await fetch(`${origin}/ims/exchange/jwt`));

    expect(answer).toMatchObject({ status: 404, body: { error: 'not_found' } });
    expect(answer.body['error_description']).toContain('/sandbox/*');
  });

  it('may have the JSON content type and no body where no body is needed', async () => {
    const { origin } = await runSandbox();
    const headers = { 'content-type': 'application/json' };

    expect((await fetch(`${origin}/sandbox/faults`, { method: 'DELETE', headers })).status).toBe(204);
    expect((await fetch(`${origin}/sandbox/faults`, { method: 'PUT', headers })).status).toBe(400);
  });

  it('use the address of the server if their Host header is not a host', async () => {
    const { origin } = await runSandbox();
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write(
      'GET /ims/.well-known/openid-configuration HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
    );

    const answer = await text(socket);

    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain(`"issuer":"${origin}"`);
  });
});
