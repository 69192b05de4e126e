import { describe, expect, it } from 'vitest';

import { instant, millis } from '#libs/tokens';

import { readImsHeaders } from './ims-headers.ts';
import { quoteWithout } from './redact.ts';

const askedAt = instant(Date.UTC(2026, 0, 15, 12));
const read = (headers: Record<string, string>) =>
  readImsHeaders(new Headers(headers), { askedAt, took: millis(200) }, quoteWithout(['client-secret-1']));

describe("IMS's headers", () => {
  it('tell the clock skew, to the second', () => {
    const { clockSkew } = read({ date: 'Thu, 15 Jan 2026 12:01:00 GMT' });
    expect(clockSkew).toBe(60_400);
  });

  it.each([
    ['77', 77_000],
    ['0', 0],
    ['Thu, 15 Jan 2026 13:00:00 GMT', 3_600_000 - 200],
    ['Thu, 15 Jan 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
  ])('ask with Retry-After %s for %d milliseconds', (value, expected) => {
    expect(read({ 'retry-after': value }).retryAfter).toBe(expected);
  });

  it("count a Retry-After date from IMS's own clock", () => {
    const headers = { date: 'Thu, 15 Jan 2026 14:00:00 GMT', 'retry-after': 'Thu, 15 Jan 2026 14:00:30 GMT' };
    expect(read(headers).retryAfter).toBe(30_000);
  });

  it('carry a debug id, shortened and without our secrets', () => {
    expect(read({ 'x-debug-id': 'abc-123' }).debugId).toBe('abc-123');
    expect(read({ 'x-debug-id': 'z'.repeat(500) }).debugId).toHaveLength(100);
    expect(read({ 'x-debug-id': 'client-secret-1' }).debugId).toMatch(/^\[withheld/);
  });

  it('may all be missing', () => {
    expect(read({})).toEqual({ clockSkew: null, retryAfter: undefined, debugId: undefined });
  });
});
