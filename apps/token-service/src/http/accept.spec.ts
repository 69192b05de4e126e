import { describe, expect, it } from 'vitest';

import { preferredEncoding, prefersText } from './accept.ts';

describe('prefersText', () => {
  it.each([
    'text/plain',
    'TEXT/Plain',
    'text/*',
    'text/plain; charset=utf-8',
    'text/plain, */*',
    'text/plain, application/*',
    'application/*, text/plain',
    'text/plain;q=0.5, application/json;q=0.4',
    'application/json;q=0.8, text/plain;charset=utf-8;q=0.9',
    'text/*;q=0.3, text/plain;q=0.7, application/json;q=0.5',
    'text/html, application/json;q=0, */*;q=0.8',
    'application/json;q=0, */*;q=0.1',
    'application/*; q=0.0, */*',
    'application/json;q=0, */*',
    'text/plain;q=0.9,',
  ])('chooses text for Accept: %s', (accept) => {
    expect([prefersText(accept), prefersText(accept)]).toEqual([true, true]);
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'application/json, text/plain, */*',
    'text/plain, application/json',
    'text/plain;q=0.7, application/json;q=0.7',
    'text/plain;q=0.4, application/json;q=0.5',
    'text/plain;q=0.5, */*',
    'text/plain;q=0.2, text/*;q=0.9, application/json;q=0.5',
    'text/plain;q=0',
    'text/plain;q=x',
    'text/html',
    'text/plain; charset=us-ascii',
    'texts, text, text/',
  ])('chooses JSON for Accept: %s', (accept) => {
    expect([prefersText(accept), prefersText(accept)]).toEqual([false, false]);
  });
});

describe('preferredEncoding', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1.0, br;q=0.9', 'gzip'],
    ['BR', 'br'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['gzip;q=0', null],
    ['identity', null],
    ['identity, gzip;q=0.5', null],
    ['*;q=0', null],
    ['brotli', null],
    ['', null],
    [undefined, null],
  ])('for Accept-Encoding %s is %s', (header, encoding) => {
    expect(preferredEncoding(header)).toBe(encoding);
  });
});
