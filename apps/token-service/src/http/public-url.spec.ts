import { describe, expect, it } from 'vitest';

import { parsePublicUrl, PublicUrl } from './public-url.ts';

describe('PUBLIC_URL', () => {
  it.each([
    ['https://tokens.example', 'https://tokens.example'],
    ['https://tokens.example/', 'https://tokens.example'],
    ['https://TOKENS.example:443//', 'https://tokens.example'],
    ['http://10.0.0.7:8080', 'http://10.0.0.7:8080'],
    ['https://intra.example/ims/tokens/', 'https://intra.example/ims/tokens'],
  ])('%s is the issuer %s', (text, issuer) => {
    expect(parsePublicUrl(text)).toBe(issuer);
  });

  it.each([
    'tokens.example',
    'ftp://tokens.example',
    'https://user:marked@tokens.example',
    'https://@tokens.example',
    'https://tokens.example?marked=1',
    'https://tokens.example?',
    'https://tokens.example/#',
    ' https://tokens.example',
    'https://',
    'https://tokens.example/a b',
    'https://tokens.example/:name/*',
    'https://tokens.example\\@marked',
    '/tokens',
  ])('%j is refused without being quoted', (text) => {
    expect(() => parsePublicUrl(text)).toThrow(/^must be an http or https URL without user/);
  });

  it('is the address of the server unless it is set', () => {
    const url = new PublicUrl(undefined, { host: '127.0.0.1', port: 0 });
    url.listensOn(4711);
    expect(url.href).toBe('http://127.0.0.1:4711');
    expect(new PublicUrl(undefined, { host: '::1', port: 3000 }).href).toBe('http://[::1]:3000');
  });

  it('is the configured URL, regardless of the address of the server', () => {
    const url = new PublicUrl('https://tokens.example', { host: '0.0.0.0', port: 3000 });
    url.listensOn(3000);
    expect(url.href).toBe('https://tokens.example');
  });
});
