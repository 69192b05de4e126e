import { describe, expect, it } from 'vitest';

import { instant, millis } from '#libs/tokens';

import { readImsHeaders } from './ims-headers.ts';
import { redactorFor } from './redact.ts';

const sentAt = instant(Date.UTC(2026, 0, 15, 12));
const read = (headers: Record<string, string>) =>
  readImsHeaders(new Headers(headers), { sentAt, took: millis(200) }, redactorFor(['client-secret-1']));

describe('readImsHeaders', () => {
  it('computes the clock skew from Date, to the second', () => {
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
  ])('reads Retry-After %s as %s milliseconds', (value, expected) => {
    expect(read({ 'retry-after': value }).retryAfter).toBe(expected);
  });

  it("counts a Retry-After date from IMS's own clock", () => {
    const headers = { date: 'Thu, 15 Jan 2026 14:00:00 GMT', 'retry-after': 'Thu, 15 Jan 2026 14:00:30 GMT' };
    expect(read(headers).retryAfter).toBe(30_000);
  });

  it('shortens the debug id and withholds secrets in it', () => {
    expect(read({ 'x-debug-id': 'abc-123' }).debugId).toBe('abc-123');
    expect(read({ 'x-debug-id': 'z'.repeat(500) }).debugId).toHaveLength(100);
    expect(read({ 'x-debug-id': 'client-secret-1' }).debugId).toMatch(/^\[withheld/);
  });

  it('accepts a response without any of these headers', () => {
    expect(read({})).toEqual({ clockSkew: null, retryAfter: undefined, debugId: undefined });
  });
});
