import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { jwtCredential, oauthCredential } from './adobe-ims-credentials.ts';
import { AMPLE, client, failureOf } from './adobe-ims-failure.ts';
import { dateHeader, dayToken, json, raw, serve } from './adobe-ims-server.ts';

const html = { 'content-type': 'text/html' };
const goodToken = { token_type: 'bearer', access_token: 'eyJ.a.b', expires_in: 86_399_999 };

describe('an answer that is neither token nor refusal', () => {
  it.each([
    ['HTML', raw(200, '<html>Login</html>', html)],
    ['an HTML refusal', raw(403, '<html>Blocked</html>', html)],
    ['JSON cut short', raw(200, '{"access_token":"eyJ', { 'content-type': 'application/json' })],
    ['nothing', raw(204, '')],
    ['an array', json(200, [goodToken])],
    ['no token', json(200, { token_type: 'bearer', expires_in: 86_399_999 })],
    ['an empty token', json(200, { ...goodToken, access_token: '' })],
    ['a token that is no string', json(200, { ...goodToken, access_token: 7 })],
    ['JSON that no token fills', json(200, { ...goodToken, padding: 'x'.repeat(64 * 1024) })],
    ['broken compression', raw(200, 'no gzip at all', { 'content-encoding': 'gzip' })],
  ])('is unreadable: %s', async (_, reply) => {
    const { origin } = await serve(reply);
    expect(await failureOf(jwtCredential(origin))).toMatchObject({
      code: 'ims_answer_unreadable',
      retryable: true,
    });
  });

  it('is unreadable where it breaks off', async () => {
    const { origin } = await serve((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"access_token":', () => response.destroy());
    });
    expect((await failureOf(jwtCredential(origin))).code).toBe('ims_answer_unreadable');
  });

  it('is not received for ever', async () => {
    const { origin } = await serve((response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.writeHead(200).on('drain', more);
      more();
    });
    expect((await failureOf(jwtCredential(origin))).code).toBe('ims_answer_unreadable');
  });

  it('is not unpacked for ever', async () => {
    const { origin } = await serve((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)));
    });
    expect((await failureOf(jwtCredential(origin))).code).toBe('ims_answer_unreadable');
  });

  it.each([301, 302, 303, 307, 308])('is not followed where it redirects with HTTP %d', async (status) => {
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

it('takes a token whatever the content type says', async () => {
  const { origin } = await serve(raw(200, JSON.stringify(goodToken), html));
  expect((await client.exchange(jwtCredential(origin), AMPLE)).token.reveal()).toBe('eyJ.a.b');
});

describe('trouble at IMS', () => {
  it.each([
    ['throttled', 429, 'ims_throttled'],
    ['unavailable', 503, 'ims_unavailable'],
  ])('%s: says when to come back', async (_, status, code) => {
    const { origin } = await serve(raw(status, '<html>', { 'retry-after': '77', 'x-debug-id': 'dbg' }));
    expect(await failureOf(oauthCredential(origin))).toMatchObject({
      code,
      retryable: true,
      retryAfter: 77_000,
      debugId: 'dbg',
    });
  });

  it('of the kind that a migrated JWT credential has is called so', async () => {
    const body = { error: 'internal_error', error_description: 'Please try again later' };
    const { origin } = await serve(json(500, body));
    expect((await failureOf(jwtCredential(origin))).diagnosis).toMatch(/migrated to OAuth/);
    expect((await failureOf(oauthCredential(origin))).diagnosis).not.toMatch(/migrated/);
  });
});

describe('a token that cannot be handed out', () => {
  const claims = (created: number): string => {
    const parts = [{ alg: 'RS256' }, { created_at: String(created), expires_in: '86400000' }, 'signature'];
    return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  };

  it.each([
    ['has control characters', { access_token: 'eyJ\r\nX-Evil: 1' }, /characters/],
    ['has spaces', { access_token: 'eyJ a' }, /characters/],
    ['is huge', { access_token: 'a'.repeat(8 * 1024 + 1) }, /8 KiB/],
    ['is of another type', { token_type: 'mac' }, /token_type/],
    ['lives for nothing', { expires_in: 0 }, /expires_in is 0/],
    ['lives for no number', { expires_in: 'NaN' }, /no number/],
    ['lives for an unknown time', { expires_in: undefined }, /how long it lives/],
    ['lives for years', { expires_in: 1e12 }, /48 hours/],
  ])('%s', async (_, changes, problem) => {
    const { origin } = await serve(json(200, { ...goodToken, ...changes }));
    const failure = await failureOf(jwtCredential(origin));
    expect(failure).toMatchObject({ code: 'ims_token_unusable', retryable: false });
    expect(failure.diagnosis).toMatch(problem);
  });

  it("is over already because our clock is ahead of IMS's", async () => {
    const yesterday = claims(Date.now() - 90_000_000);
    const { origin } = await serve(json(200, { ...goodToken, access_token: yesterday }, dateHeader(-90_000)));
    const failure = await failureOf(jwtCredential(origin));
    expect(failure.code).toBe('ims_token_unusable');
    expect(failure.diagnosis).toMatch(/already expired.* (89999|90000|90001) seconds ahead of IMS's/);
  });
});

it.each(['bearer', 'Bearer', 'BEARER', undefined])('takes a token of the type %s', async (type) => {
  const { origin } = await serve(json(200, { ...goodToken, token_type: type }));
  await expect(client.exchange(jwtCredential(origin), AMPLE)).resolves.toBeDefined();
});
