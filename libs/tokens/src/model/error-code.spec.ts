import { describe, expect, it } from 'vitest';

import { errorCode } from './error-code.ts';

describe('errorCode', () => {
  it('returns the code of an error', () => {
    expect(errorCode(Object.assign(new Error('failed'), { code: 'ENOENT' }))).toBe('ENOENT');
  });

  it.each([
    [new Error('failed')],
    [Object.assign(new Error('failed'), { code: 0 })],
    [{ code: 'ENOENT' }],
    [null],
  ])('returns undefined for %s', (error) => {
    expect(errorCode(error)).toBeUndefined();
  });
});
