import { describe, expect, it } from 'vitest';

import { instant, millis, type Millis } from '#libs/tokens';

import { judgeCertificate } from './certificate-verdict.ts';

const certificate = {
  sha256: 'ab'.repeat(32),
  notBefore: instant(Date.UTC(2026, 0, 1)),
  notAfter: instant(Date.UTC(2027, 0, 1)),
};
const DAY = 86_400_000;

describe('judgeCertificate', () => {
  it.each<[string, number, Millis | null, string, RegExp]>([
    [
      'the certificate expired',
      Date.UTC(2027, 0, 2),
      null,
      'ims_certificate_expired',
      /expired on 2027-01-01T/,
    ],
    [
      "the certificate expired by IMS's clock",
      Date.UTC(2026, 11, 31),
      millis(2 * DAY),
      'ims_certificate_expired',
      /IMS's clock/,
    ],
    [
      'the certificate is not valid yet',
      Date.UTC(2025, 11, 31),
      null,
      'ims_certificate_not_yet_valid',
      /before 2026-01-01T/,
    ],
    [
      "the certificate is not valid yet by IMS's clock",
      Date.UTC(2026, 0, 2),
      millis(-2 * DAY),
      'ims_certificate_not_yet_valid',
      /IMS's clock/,
    ],
    [
      'the certificate was revoked',
      Date.UTC(2026, 6, 1),
      millis(0),
      'ims_certificate_unknown',
      /revoked or deleted/,
    ],
    [
      'the certificate was revoked, without a Date header',
      Date.UTC(2026, 6, 1),
      null,
      'ims_certificate_unknown',
      /AEM Developer Console/,
    ],
  ])('recognises that %s', (_, now, skew, code, diagnosis) => {
    const verdict = judgeCertificate(certificate, instant(now), skew);
    expect(verdict.code).toBe(code);
    expect(verdict.diagnosis).toMatch(diagnosis);
  });
});
