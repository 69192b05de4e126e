import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';

import { matches } from '../http/entity-tag.ts';
import { readTokenQuery } from './token-query.ts';

const DIGEST = '0123456789abcdef'.repeat(4);
const OTHER = 'fedcba9876543210'.repeat(4);

describe('matches', () => {
  it.each([
    `W/"${DIGEST}"`,
    `"${DIGEST}"`,
    `W/"${DIGEST}-gzip"`,
    `"${DIGEST}-gzip"`,
    `"${DIGEST};br"`,
    `W/"${DIGEST}--deflate"`,
    `"gzip-${DIGEST}"`,
    `W/\\"${DIGEST}\\"`,
    DIGEST,
    `"${DIGEST.toUpperCase()}"`,
    `W/"${OTHER}", W/"${DIGEST}-gzip"`,
    '*',
    ' * ',
  ])('finds the token in If-None-Match: %s', (ifNoneMatch) => {
    expect(matches(ifNoneMatch, DIGEST)).toBe(true);
  });

  it.each(['', '""', `"${OTHER}-gzip"`, `"${DIGEST.slice(1)}"`, 'W/"*"'])(
    'does not find it in If-None-Match: %s',
    (ifNoneMatch) => {
      expect(matches(ifNoneMatch, DIGEST)).toBe(false);
    },
  );
});

describe('a query with wait', () => {
  const read = (ifNoneMatch: string | undefined) =>
    readTokenQuery({ query: { wait: '60' }, headers: { 'if-none-match': ifNoneMatch } } as FastifyRequest);

  it.each([`W/"${OTHER}"`, `"${DIGEST}-gzip"`, DIGEST.toUpperCase(), `"x", "${DIGEST}"`])(
    'is valid with If-None-Match: %s',
    (ifNoneMatch) => {
      expect(read(ifNoneMatch).wait).toBe(60);
    },
  );

  it.each([undefined, '', '*', '"abc"', 'W/""', `"${DIGEST}0"`, `"${DIGEST.slice(1)}-gzip"`])(
    'is a 400 with If-None-Match: %s',
    (ifNoneMatch) => {
      expect(() => read(ifNoneMatch)).toThrow(/If-None-Match with the ETag/);
    },
  );
});
