import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { jwtCredential, oauthCredential } from '../../../../test/support/adobe-ims/credentials.ts';
import { AMPLE, client, failureOf } from '../../../../test/support/adobe-ims/failure.ts';
import { dateHeader, dayToken, json, raw, serve } from '../../../../test/support/adobe-ims/server.ts';

const html = { 'content-type': 'text/html' };
const goodToken = { token_type: 'bearer', access_token: 'eyJ.a.b', expires_in: 86_399_999 };

describe('a response that is neither token nor refusal', () => {
  it.each([
    ['HTML', raw(200, '<html>Login</html>', html)],
    ['an HTML refusal', raw(403, '<html>Blocked</html>', html)],
    ['JSON cut short', raw(200, '{"access_token":"eyJ', { 'content-type': 'application/json' })],
    ['empty', raw(204, '')],
    ['an array', json(200, [goodToken])],
    ['JSON without a token', json(200, { token_type: 'bearer', expires_in: 86_399_999 })],
    ['JSON with an empty token', json(200, { ...goodToken, access_token: '' })],
    ['JSON with a token that is not a string', json(200, { ...goodToken, access_token: 7 })],
    ['JSON larger than 64 KiB', json(200, { ...goodToken, padding: 'x'.repeat(64 * 1024) })],
    ['broken compression', raw(200, 'no gzip at all', { 'content-encoding': 'gzip' })],
  ])('is unreadable when it is %s', async (_, reply) => {
    const { origin } = await serve(reply);
    expect(await failureOf(jwtCredential(origin))).toMatchObject({
      code: 'ims_answer_unreadable',
      retryable: true,
    });
  });

  it('is unreadable when it breaks off', async () => {
    const { origin } = await serve((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"access_token":', () => response.destroy());
    });
    expect((await failureOf(jwtCredential(origin))).code).toBe('ims_answer_unreadable');
  });

  it('is not received beyond 64 KiB', async () => {
    const { origin } = await serve((response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.writeHead(200).on('drain', more);
      more();
    });
    expect((await failureOf(jwtCredential(origin))).code).toBe('ims_answer_unreadable');
  });

  it('is not decompressed beyond 64 KiB', async () => {
    const { origin } = await serve((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)));
    });
    expect((await failureOf(jwtCredential(origin))).code).toBe('ims_answer_unreadable');
  });

  it.each([301, 302, 303, 307, 308])('is not followed when it redirects with HTTP %d', async (status) => {
    const elsewhere = await serve(dayToken);
    const location = `${elsewhere.origin}/login?next=secret`;
    const { origin } = await serve(raw(status, 'over there', { location }));
    const failure = await failureOf(jwtCredential(origin));
    expect(failure).toMatchObject({ code: 'ims_redirected', retryable: false });
    expect(failure.diagnosis).toContain(elsewhere.origin);
    expect(failure.diagnosis).not.toContain('next=');
    expect(elsewhere.received).toHaveLength(0);
  });
});

it('an exchange accepts a token regardless of the content type', async () => {
  const { origin } = await serve(raw(200, JSON.stringify(goodToken), html));
  expect((await client.exchange(jwtCredential(origin), AMPLE)).token.reveal()).toBe('eyJ.a.b');
});

describe('an exchange while IMS fails', () => {
  it.each([
    ['throttled', 429, 'ims_throttled'],
    ['unavailable', 503, 'ims_unavailable'],
  ])('reports IMS %s with its Retry-After', async (_, status, code) => {
    const { origin } = await serve(raw(status, '<html>', { 'retry-after': '77', 'x-debug-id': 'dbg' }));
    expect(await failureOf(oauthCredential(origin))).toMatchObject({
      code,
      retryable: true,
      retryAfter: 77_000,
      debugId: 'dbg',
    });
  });

  it('mentions the migration to OAuth for a JWT credential only', async () => {
    const body = { error: 'internal_error', error_description: 'Please try again later' };
    const { origin } = await serve(json(500, body));
    expect((await failureOf(jwtCredential(origin))).diagnosis).toMatch(/migrated to OAuth/);
    expect((await failureOf(oauthCredential(origin))).diagnosis).not.toMatch(/migrated/);
  });
});

describe('an exchange rejects a token that', () => {
  const claims = (created: number): string => {
    const parts = [{ alg: 'RS256' }, { created_at: String(created), expires_in: '86400000' }, 'signature'];
    return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  };

  it.each([
    ['has control characters', { access_token: 'eyJ\r\nX-Evil: 1' }, /characters/],
    ['has spaces', { access_token: 'eyJ a' }, /characters/],
    ['is huge', { access_token: 'a'.repeat(8 * 1024 + 1) }, /8 KiB/],
    ['has another token_type', { token_type: 'mac' }, /token_type/],
    ['has expires_in 0', { expires_in: 0 }, /expires_in is 0/],
    ['has an expires_in that is not a number', { expires_in: 'NaN' }, /no number/],
    ['has an unknown lifetime', { expires_in: undefined }, /how long it lives/],
    ['has a lifetime of years', { expires_in: 1e12 }, /48 hours/],
  ])('%s', async (_, changes, problem) => {
    const { origin } = await serve(json(200, { ...goodToken, ...changes }));
    const failure = await failureOf(jwtCredential(origin));
    expect(failure).toMatchObject({ code: 'ims_token_unusable', retryable: false });
    expect(failure.diagnosis).toMatch(problem);
  });

  it("has already expired because this machine's clock is ahead of IMS's", async () => {
    const yesterday = claims(Date.now() - 90_000_000);
    const { origin } = await serve(json(200, { ...goodToken, access_token: yesterday }, dateHeader(-90_000)));
    const failure = await failureOf(jwtCredential(origin));
    expect(failure.code).toBe('ims_token_unusable');
    expect(failure.diagnosis).toMatch(/already expired.* (89999|90000|90001) seconds ahead of IMS's/);
  });
});

it.each(['bearer', 'Bearer', 'BEARER', undefined])(
  'an exchange accepts a token of the type %s',
  async (type) => {
    const { origin } = await serve(json(200, { ...goodToken, token_type: type }));
    await expect(client.exchange(jwtCredential(origin), AMPLE)).resolves.toBeDefined();
  },
);
