import { describe, expect, it } from 'vitest';

import { exposureOf } from './file-exposure.ts';

describe('exposureOf', () => {
  it.each([
    [0o644, /^f has the mode 0644: every user of this machine can read it\. Run chmod o-rwx/],
    [0o100_666, /mode 0666: every user of this machine can read and change it\./],
    [0o602, /mode 0602: every user of this machine can change it\./],
    [0o777, /mode 0777: .* read and change/],
    [0o004, /mode 0004: .* read it/],
  ])('names the mode %o and the remedy', (mode, text) => {
    expect(exposureOf('f', mode)).toMatch(text);
  });

  it.each([0o600, 0o640, 0o660, 0o100_440, 0o400, 0o771])('has nothing against the mode %o', (mode) => {
    expect(exposureOf('f', mode)).toBeNull();
  });
});
