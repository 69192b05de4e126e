import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let token: string;

beforeAll(async () => {
  workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
  service = await workplace.startService();
  await ready(service);
  token = await (await service.get('/v1/tokens/aem-dev', { accept: 'text/plain' })).text();
});
afterAll(() => workplace.close());

const ask = (method: string, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(service.origin + path, { method, headers: { authorization: `Bearer ${DEMO_KEY}`, ...headers } });

describe('at the paths of tokens', () => {
  it.each(['OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'])('there is no %s of a token', async (method) => {
    const answer = await ask(method, '/v1/tokens/aem-dev');
    const text = await answer.text();
    expect([answer.status, (JSON.parse(text) as Record<string, unknown>)['code']]).toEqual([
      404,
      'route_not_found',
    ]);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(text).not.toContain(token);
  });

  it.each(['refresh', 'revoke'])('a GET of %s does nothing', async (verb) => {
    expect((await ask('GET', `/v1/tokens/aem-dev/${verb}`)).status).toBe(404);
    expect(await (await ask('GET', '/v1/tokens/aem-dev', { accept: 'text/plain' })).text()).toBe(token);
  });

  it('HEAD answers as GET does, without the token, and to the same callers', async () => {
    const [get, head] = await Promise.all([
      ask('GET', '/v1/tokens/aem-dev'),
      ask('HEAD', '/v1/tokens/aem-dev'),
    ]);
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const header of ['etag', 'cache-control', 'content-type']) {
      expect(head.headers.get(header)).toBe(get.headers.get(header));
    }
    const refused = await ask('HEAD', '/v1/tokens/aem-dev', { authorization: 'Bearer wrong' });
    expect([refused.status, refused.headers.get('etag')]).toEqual([401, null]);
  });

  it('a name may be percent-encoded, as some clients do with all they put into a path', async () => {
    const answer = await ask('GET', '/v1/tokens/%61em%2Ddev', { accept: 'text/plain' });
    expect([answer.status, await answer.text()]).toEqual([200, token]);
  });

  it.each([
    ['/v1/tokens', 404, 'route_not_found'],
    ['/v1/tokens/', 404, 'credential_not_found'],
    ['/v1/tokens/aem-dev/', 404, 'route_not_found'],
    ['/v1/tokens/AEM-DEV', 404, 'credential_not_found'],
    ['/v1/tokens/Aem-dev', 404, 'credential_not_found'],
    ['/v1/tokens/aem%2Fdev', 404, 'credential_not_found'],
    ['/v1/tokens/..%2F..%2Fetc%2Fpasswd', 404, 'credential_not_found'],
    ['/v1/tokens/aem-dev%00', 404, 'credential_not_found'],
    ['/v1/tokens/__proto__', 404, 'credential_not_found'],
    ['/v1/tokens/%ZZ', 400, 'invalid_request'],
    ['/v1/tokens/%E0%A4%A', 400, 'invalid_request'],
    [`/v1/tokens/${'a'.repeat(201)}`, 414, 'invalid_request'],
    [`/v1/tokens/aem-dev?${'a'.repeat(17_000)}`, 431, 'invalid_request'],
  ])('%s leads nowhere', async (path, status, code) => {
    const answer = await ask('GET', path);
    expect([answer.status, ((await answer.json()) as Record<string, unknown>)['code']]).toEqual([
      status,
      code,
    ]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});
