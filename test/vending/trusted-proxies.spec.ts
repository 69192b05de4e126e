import { describe, expect, it } from 'vitest';

import { TrustedProxies } from '../../apps/token-service/src/http/trusted-proxies.ts';

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
  ])('%s with %s: %s', (text, address, isTrusted) => {
    expect(TrustedProxies.parse(text).includes(address)).toBe(isTrusted);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0/8',
    'proxy.example',
    '10.0.0.1,',
    '::1/129',
    '10.0.0.1/8/8',
    '10.0.0.0/',
    '1.2.3.4/x',
  ])('refuses %s', (text) => {
    expect(() => TrustedProxies.parse(text)).toThrow(/^must be addresses or networks such as/);
  });
});
