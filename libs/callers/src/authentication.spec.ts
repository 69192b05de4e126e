import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { authenticate, authenticateClient, type TokenAuthenticator } from './authentication.ts';
import { Caller } from './caller.ts';
import { CallerRegistry } from './caller-registry.ts';

const digest = (key: string) => hash('sha256', key, 'hex');
const basic = (pair: string) => Buffer.from(pair).toString('base64');
const registry = new CallerRegistry([
  {
    caller: new Caller('catalog-sync', ['*'], ['read']),
    keyDigests: [digest('old-key'), digest('new:key=ä')],
  },
  { caller: new Caller('publisher', ['*'], ['read']), keyDigests: [digest('p-key'), digest('echoed\n')] },
]);

const noTokens: TokenAuthenticator = { authenticate: () => null };

describe('authenticate', () => {
  it.each([
    ['Bearer old-key', 'catalog-sync', 'key-bearer'],
    ['bearer old-key', 'catalog-sync', 'key-bearer'],
    ['BEARER   old-key  ', 'catalog-sync', 'key-bearer'],
    ['Bearer p-key', 'publisher', 'key-bearer'],
    [`Basic ${basic('catalog-sync:old-key')}`, 'catalog-sync', 'key-basic'],
    [`bAsIc ${basic('catalog-sync:new:key=ä')}`, 'catalog-sync', 'key-basic'],
    [`Basic ${basic('publisher:p-key').replaceAll('=', '')}`, 'publisher', 'key-basic'],
  ])('accepts %j as caller %s with method %s', (header, name, method) => {
    const authentication = authenticate(header, registry, noTokens);
    expect(authentication).toMatchObject({ caller: { name }, method });
  });

  it.each([
    [undefined, 'missing'],
    ['', 'missing'],
    ['Bearer', 'malformed'],
    ['Bearer ', 'malformed'],
    [' Bearer old-key', 'malformed'],
    ['old-key', 'malformed'],
    ['Digest old-key', 'malformed'],
    ['Basic', 'malformed'],
    ['Basic ', 'malformed'],
    [`Basic ${basic('catalog-sync')}`, 'malformed'],
    ['Basic !!!', 'malformed'],
    ['Bearer old-keY', 'unknown_key'],
    ['Bearer old-key2', 'unknown_key'],
    [`Bearer ${digest('old-key')}`, 'unknown_key'],
    [`Basic ${basic('catalog-sync:old-key\n')}`, 'key_line_break'],
    [`Basic ${basic('catalog-sync:old-key\r\n')}`, 'key_line_break'],
    [`Basic ${basic('catalog-sync:wrong\n')}`, 'key_line_break'],
    [`Basic ${basic('catalog-sync:old-key ')}`, 'key_padding'],
    [`Basic ${basic('catalog-sync: old-key')}`, 'key_padding'],
    [`Basic ${basic('catalog-sync:\u{feff}old-key')}`, 'key_padding'],
    [`Basic ${basic('catalog-sync:old-key\u{200b}')}`, 'key_padding'],
    [`Basic ${basic('publisher:echoed')}`, 'digest_with_line_break'],
    ['Bearer echoed', 'digest_with_line_break'],
    [`Basic ${basic('catalog-sync:wrong')}`, 'unknown_key'],
    [`Basic ${basic('catalog-sync:')}`, 'unknown_key'],
    [`Basic ${basic(':old-key')}`, 'name_mismatch'],
    [`Basic ${basic('publisher:old-key')}`, 'name_mismatch'],
    [`Basic ${basic('CATALOG-SYNC:old-key')}`, 'name_mismatch'],
  ])('refuses %j as %s', (header, failure) => {
    expect(authenticate(header, registry, noTokens)).toEqual({ caller: null, failure });
  });

  it('refuses every key of an empty registry as unknown_key', () => {
    expect(authenticate('Bearer old-key', new CallerRegistry([]), noTokens)).toEqual({
      caller: null,
      failure: 'unknown_key',
    });
  });

  it('finds a caller among 3,000 by its key', () => {
    const many = new CallerRegistry(
      Array.from({ length: 3_000 }, (_, index) => ({
        caller: new Caller(`caller-${index}`, [], ['read']),
        keyDigests: [digest(`key-${index}`)],
      })),
    );
    expect(many.size).toBe(3_000);
    for (let index = 0; index < 3_000; index += 131) {
      expect(many.byKey(`key-${index}`)?.name).toBe(`caller-${index}`);
    }
  });
});

describe('authenticateClient', () => {
  it.each(['key-basic', 'key-post'] as const)(
    'accepts the name and a key of one caller with method %s',
    (method) => {
      const client = { name: 'catalog-sync', key: 'new:key=ä' };
      expect(authenticateClient(client, method, registry)).toMatchObject({
        caller: { name: 'catalog-sync' },
        method,
      });
    },
  );

  it.each([
    ['catalog-sync', 'wrong', 'unknown_key'],
    ['catalog-sync', '', 'unknown_key'],
    ['catalog-sync', digest('old-key'), 'unknown_key'],
    ['publisher', 'old-key', 'name_mismatch'],
    ['', 'old-key', 'name_mismatch'],
  ])('refuses name %j with key %j as %s', (name, key, failure) => {
    expect(authenticateClient({ name, key }, 'key-post', registry)).toEqual({ caller: null, failure });
  });
});
