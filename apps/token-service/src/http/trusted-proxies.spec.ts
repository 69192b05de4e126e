import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';

import { parseTrustedProxies } from './trusted-proxies.ts';

const CLIENT = '203.0.113.9';

/**
 * The client address that Fastify reads from a request of this peer, which names CLIENT in X-Forwarded-For.
 */
async function addressOf(trustedProxies: string, peer: string): Promise<string> {
  const fastify = Fastify({ trustProxy: parseTrustedProxies(trustedProxies) });
  fastify.get('/', ({ ip }) => ip);
  const answer = await fastify.inject({
    url: '/',
    remoteAddress: peer,
    headers: { 'x-forwarded-for': CLIENT },
  });
  return answer.body;
}

describe('TRUSTED_PROXIES', () => {
  it.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['192.0.2.7, 10.0.0.0/8', '10.9.9.9', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['2001:db8::/32', '2001:db8:5::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['10.0.0.0/8', 'unknown', false],
    ['0.0.0.0/0', '198.51.100.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '::ffff:198.51.100.1', true],
  ])('with %s decides for the peer %s whether X-Forwarded-For counts: %s', async (text, peer, isTrusted) => {
    expect(await addressOf(text, peer)).toBe(isTrusted ? CLIENT : peer);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0/8',
    'proxy.example',
    'loopback',
    '10.0.0.1,',
    '::1/129',
    '10.0.0.1/8/8',
    '10.0.0.0/',
    '10.0.0.0/255.0.0.0',
    '1.2.3.4/x',
  ])('refuses %s and names the wrong entry', (text) => {
    const entry = JSON.stringify(text.split(',').at(-1));
    expect(() => parseTrustedProxies(text)).toThrow(
      `must be addresses or networks such as 10.0.0.0/8, comma-separated, which ${entry} is not`,
    );
  });
});
