import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';

import { addHostGuard, isLoopback } from './host-guard.ts';
import { toProblem } from './to-problem.ts';

async function statusOf(host: string, publicUrl?: string): Promise<number> {
  const fastify = Fastify();
  addHostGuard(fastify, publicUrl);
  fastify.setErrorHandler((error, _request, reply) => void reply.code(toProblem(error).status).send());
  fastify.get('/', (_request, reply) => void reply.send('x'));
  return (await fastify.inject({ url: '/', headers: { host } })).statusCode;
}

describe('a service on loopback', () => {
  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1.evil',
    'EVIL.example.',
    'tokens.example.evil.example',
    'evil-tokens.example',
    'xn--4ca.example',
    'www.localhost',
  ])('refuses the Host %s', async (host) => {
    expect(await statusOf(host)).toBe(403);
    expect(await statusOf(host, 'https://tokens.example')).toBe(403);
  });

  it.each(['localhost', 'LOCALHOST:3000', '127.0.0.1', '127.0.0.1:3000', '[::1]:3000', 'vend-1', ''])(
    'answers to the Host %s',
    async (host) => {
      expect(await statusOf(host)).toBe(200);
    },
  );

  it.each(['tokens.example', 'TOKENS.example:8080'])(
    'answers to the host of PUBLIC_URL, %s',
    async (host) => {
      expect(await statusOf(host, 'https://tokens.example/ims')).toBe(200);
      expect(await statusOf(host)).toBe(403);
    },
  );

  it.each([
    ['127.0.0.1', true],
    ['localhost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['localhost.example', false],
  ])('is one that listens on %s: %s', (host, is) => {
    expect(isLoopback(host)).toBe(is);
  });
});
