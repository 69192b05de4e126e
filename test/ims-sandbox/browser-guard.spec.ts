import { once } from 'node:events';
import { request } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createImsSandbox, type ImsSandbox } from '../../apps/ims-sandbox/src/ims-sandbox.ts';

let sandbox: ImsSandbox;
beforeAll(async () => {
  sandbox = await createImsSandbox();
});
afterAll(() => sandbox.close());

/** `fetch` sets Host and Origin itself. */
async function send(method: string, path: string, headers: Record<string, string>): Promise<number> {
  const sent = request(sandbox.origin + path, { method, headers });
  sent.end(method === 'DELETE' || method === 'GET' ? undefined : '{"faults":[],"kind":"oauth"}');
  const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  answer.resume();
  return answer.statusCode ?? 0;
}
const JSON_TYPE = { 'content-type': 'application/json' };

describe('a sandbox on loopback', () => {
  it.each([
    'evil.example',
    'evil.example:3001',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
  ])('refuses the Host %s on every route', async (host) => {
    for (const [method, path] of [
      ['GET', '/sandbox/requests'],
      ['POST', '/sandbox/credentials'],
      ['GET', '/ims/keys'],
    ] as const)
      expect(await send(method, path, { ...JSON_TYPE, host })).toBe(403);
  });

  it.each(['localhost', 'LOCALHOST:3001', '127.0.0.1', '[::1]:3001'])('accepts the Host %s', async (host) => {
    expect(await send('GET', '/sandbox/requests', { host })).toBe(200);
  });
});

describe('the control routes', () => {
  it.each([
    ['POST', '/sandbox/credentials'],
    ['PUT', '/sandbox/faults'],
    ['PUT', '/sandbox/settings'],
    ['DELETE', '/sandbox/faults'],
    ['DELETE', '/sandbox/credentials/any'],
    ['GET', '/sandbox/requests'],
  ])('refuse %s %s of a page of another origin', async (method, path) => {
    for (const foreign of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[])
      expect(await send(method, path, { ...JSON_TYPE, ...foreign })).toBe(403);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', ''])(
    'refuse a body of the type %j',
    async (type) => {
      expect(await send('PUT', '/sandbox/faults', type === '' ? {} : { 'content-type': type })).toBe(400);
    },
  );
});
