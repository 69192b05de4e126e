import { gzipSync } from 'node:zlib';
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
  // Without a proxy, a service on loopback answers to no domain.
  service = await workplace.startService({ TRUSTED_PROXIES: '192.0.2.1' });
  await ready(service);
});

afterAll(() => workplace.close());

const PATH = '/v1/tokens/aem-dev';
const KEY = `Authorization: Bearer ${DEMO_KEY}`;

/** Sends header lines as they are. Returns the status and the body of the answer. */
async function send(lines: readonly string[], first = `GET ${PATH} HTTP/1.1`): Promise<[number, string]> {
  const socket = connect(Number(new URL(service.origin).port), '127.0.0.1');
  socket.write([first, ...lines, 'Connection: close', '', ''].join('\r\n'));
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return [Number(answer.split(' ')[1]), answer.slice(answer.indexOf('\r\n\r\n') + 4)];
}

describe('a request', () => {
  it.each([
    [['Host: a', 'Host: a', KEY]],
    [['Host: a', KEY, 'hOST: b']],
    [['Host: a b', KEY]],
    [['Host: user@a', KEY]],
    [['Host: a/b', KEY]],
    [['Host: a:b', KEY]],
    [['Host: a:1:2', KEY]],
    [['Host: a:65536', KEY]],
    [['Host: [::1', KEY]],
    [['Host: [1.2.3.4]', KEY]],
    [['Host: [::1]x', KEY]],
    [['Host: a%2', KEY]],
    [['Host: http://a', KEY]],
    [['Host: a"', KEY]],
    [['Host: \u00e4', KEY]],
    [[KEY]],
  ])('with %j is a 400', async (lines) => {
    const [status] = await send(lines);
    expect(status).toBe(400);
  });

  it.each([
    'a',
    'a.example',
    'a_b',
    'a:80',
    'a:',
    '127.0.0.1:3000',
    '[::1]',
    '[::1]:3000',
    '[2001:db8::1]:443',
    '[v1.x:y]',
    'xn--4ca.example',
    'a%20b',
    '',
  ])('with Host: %s is answered', async (host) => {
    expect((await send([`Host: ${host}`, KEY]))[0]).toBe(200);
  });

  it.each([
    [[KEY, KEY]],
    [[KEY, 'Authorization: Bearer wrong']],
    [['authorization: Basic eDp5', `AUTHORIZATION: Bearer ${DEMO_KEY}`]],
    [['Authorization:', KEY]],
  ])('with the authorization %j is a 400, on every route', async (lines) => {
    for (const path of [PATH, '/v1/status', '/metrics', '/dashboard/events']) {
      const [status, body] = await send(['Host: x', ...lines], `GET ${path} HTTP/1.1`);
      expect([status, JSON.parse(body)]).toMatchObject([400, { code: 'invalid_request' }]);
      expect(body).toContain('Authorization');
    }
    const [status, body] = await send(
      ['Host: x', 'Content-Length: 0', ...lines],
      'POST /oauth/token HTTP/1.1',
    );
    expect([status, JSON.parse(body)]).toMatchObject([400, { error: 'invalid_request' }]);
  });
});

describe('a body with Content-Encoding', () => {
  const json = JSON.stringify({ token_sha256: 'a'.repeat(64) });
  const form = 'grant_type=client_credentials&scope=aem-dev';
  const post = (
    path: string,
    type: string,
    coding: string,
    body: string | Uint8Array<ArrayBuffer>,
    key = DEMO_KEY,
  ) =>
    fetch(service.origin + path, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`demo:${key}`)}`,
        'content-type': type,
        'content-encoding': coding,
      },
      body,
    });
  const zip = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(text));

  it.each(['gzip', 'GZIP', 'x-gzip', 'br', 'deflate', 'identity, gzip', 'unheard-of'])(
    '%s is a 415 that names the codings',
    async (coding) => {
      const report = await post(`${PATH}/refresh`, 'application/json', coding, zip(json));
      expect([report.status, report.headers.get('accept-encoding')]).toEqual([415, 'identity']);
      expect(await report.json()).toMatchObject({ code: 'invalid_request', status: 415 });
      const token = await post('/oauth/token', 'application/x-www-form-urlencoded', coding, zip(form));
      expect([token.status, token.headers.get('accept-encoding')]).toEqual([415, 'identity']);
      expect(await token.json()).toMatchObject({ error: 'invalid_request' });
    },
  );

  it.each(['identity', 'Identity', ''])('%j is read', async (coding) => {
    expect((await post('/oauth/token', 'application/x-www-form-urlencoded', coding, form)).status).toBe(200);
  });

  it('is refused only after the authentication of a caller', async () => {
    const answer = await post(`${PATH}/refresh`, 'application/json', 'gzip', zip(json), 'wrong');
    expect(answer.status).toBe(401);
  });
});

describe('a scrape', () => {
  it.each([
    '/metrics',
    '/metrics?',
    '/metrics?name[]=ims_token_store_up',
    '/metrics?a=1&a=2',
    '/livez?x=1',
    '/readyz?x',
  ])('of %s is answered, by GET and HEAD', async (path) => {
    const get = await service.get(path);
    const head = await fetch(service.origin + path, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${DEMO_KEY}` },
    });
    expect([get.status, head.status, await head.text()]).toEqual([200, 200, '']);
    await get.body?.cancel();
  });

  it('of the status still names unknown parameters', async () => {
    expect((await service.get('/v1/status?x=1')).status).toBe(400);
  });
});

it('HEAD of a token is on record as what it is: no token was handed out', async () => {
  const answer = await fetch(service.origin + PATH, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${DEMO_KEY}` },
  });
  expect([answer.status, await answer.text()]).toEqual([200, '']);
  const line = await eventually(
    async () =>
      service.logLines
        .join('')
        .split('\n')
        .find((each) => each.includes('headers_only')),
    (found) => found !== undefined,
  );
  expect(JSON.parse(line ?? '')).toMatchObject({ outcome: 'headers_only', credential: 'aem-dev' });
});
