import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { clientAddress } from './client-address.ts';
import { createHttpAdapter } from './http-adapter.ts';
import { parseTrustedProxies } from './trusted-proxies.ts';

const SHORT = { headersMs: 100, requestMs: 200, stallMs: 30_000, checkEveryMs: 20 };
let close = (): Promise<unknown> => Promise.resolve();
afterEach(() => close());

/** A server that says where a request comes from. */
async function serve(proxies: string | null): Promise<number> {
  const adapter = createHttpAdapter(proxies === null ? null : parseTrustedProxies(proxies), SHORT);
  const fastify = adapter.getInstance();
  fastify.post('/', (request, reply) => void reply.send(clientAddress(request)));
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  close = () => fastify.close();
  return (fastify.server.address() as AddressInfo).port;
}

/** Sends bytes, and reads until the server ends the connection. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe('a slow client', () => {
  it.each([
    ['says nothing', ''],
    ['stops within its headers', 'POST / HTTP/1.1\r\nHost: x\r\nX-Slow'],
    [
      'stops within its body',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nabc',
    ],
  ])('that %s is cut off', async (_what, bytes) => {
    expect(await answerTo(await serve(null), bytes)).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });
});

it.each([
  ['an answer', 'POST / HTTP/1.1\r\nHost: x\r\n'],
  ['an unknown route', 'GET /nothing HTTP/1.1\r\nHost: x\r\n'],
  ['a path that cannot be decoded', 'GET /%ZZ HTTP/1.1\r\nHost: x\r\n'],
  ['a refused request', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n'],
  ['what is no HTTP', 'nonsense\r\n'],
  ['a request that does not end', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n'],
])('%s says that its type is not to be guessed', async (_, lines) => {
  const answer = await answerTo(await serve(null), `${lines}Connection: close\r\n\r\n`);
  expect(answer.toLowerCase()).toContain('\r\nx-content-type-options: nosniff\r\n');
});

describe('X-Forwarded-For', () => {
  it.each([
    [null, '203.0.113.9', '127.0.0.1'],
    ['10.0.0.0/8', '203.0.113.9', '127.0.0.1'],
    ['127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['127.0.0.1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['127.0.0.1', 'nonsense"}', '127.0.0.1'],
    ['127.0.0.1', '203.0.113.7:51008', '203.0.113.7'],
    ['127.0.0.1', '[2001:db8::1]:443', '2001:db8::1'],
    ['127.0.0.1', '[2001:db8::1]', '2001:db8::1'],
    ['127.0.0.1', '2001:db8::1', '2001:db8::1'],
    ['127.0.0.1, 10.0.0.0/8', '203.0.113.7:51008, 10.1.2.3:443', '203.0.113.7'],
    ['127.0.0.1, 10.0.0.0/8', '203.0.113.7:51008, ::ffff:10.1.2.3', '203.0.113.7'],
    ['127.0.0.1, fd00::/8', '[2001:db8::1]:1, [fd00::7%eth0]:443', '2001:db8::1'],
    ['::/0', '203.0.113.7:51008, [fd00::7]:1, 10.1.2.3:2', '203.0.113.7'],
    ['127.0.0.1', 'fe80::1%eth0', 'fe80::1%eth0'],
    ['127.0.0.1', `[fe80::1%${'z'.repeat(8_000)}]:443`, 'fe80::1'],
    ['127.0.0.1', `fe80::1%${'z'.repeat(8_000)}`, 'fe80::1'],
    ['127.0.0.1', `fe80::1%${'%'.repeat(100)}`, 'fe80::1'],
    ['127.0.0.1', 'fe80::1%"}{', '127.0.0.1'],
    ['127.0.0.1', '203.0.113.7:', '127.0.0.1'],
    ['127.0.0.1', '203.0.113.7:123456', '127.0.0.1'],
    ['127.0.0.1', '[203.0.113.7', '127.0.0.1'],
  ])('with TRUSTED_PROXIES %s, %s comes from %s', async (proxies, forwarded, address) => {
    const port = await serve(proxies);
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'x-forwarded-for': forwarded },
    });
    expect(await answer.text()).toBe(address);
  });
});

it('an idle connection is closed after the configured time, and the client learns it', async () => {
  const adapter = createHttpAdapter(null, { ...SHORT, keepAliveMs: 1_000 });
  const fastify = adapter.getInstance();
  fastify.get('/', (_request, reply) => void reply.send('x'));
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  close = () => fastify.close();
  const { port } = fastify.server.address() as AddressInfo;
  const answer = await answerTo(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer.toLowerCase()).toContain('keep-alive: timeout=1\r\n');
});
