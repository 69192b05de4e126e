import { describe, expect, it } from 'vitest';

import { AllowedOrigins } from '#libs/credential-sources';
import { instant } from '#libs/tokens';

import { checkDocument, type DocumentCheck } from './check-document.ts';
import { makeServiceCredentials } from '../../../../test/support/service-credentials.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);
const allowed = AllowedOrigins.parse('https://*.adobelogin.com');
const checked = (document: object): DocumentCheck =>
  checkDocument(Buffer.from(JSON.stringify(document)), allowed, instant(NOW));

describe('checkDocument', () => {
  it('warns of a certificate with less than 30 days left', async () => {
    const { document } = await makeServiceCredentials({ notBefore: NOW - 5 * DAY, days: 34 });
    const { credential, warnings } = checked(document);
    expect(credential).not.toBeNull();
    expect(warnings).toMatchObject([{ code: 'certificate_expires_soon' }]);
    expect(warnings[0]?.diagnosis).toContain('expires in 29 days');
  });

  it('does not warn of a certificate with 30 days left', async () => {
    const { document } = await makeServiceCredentials({ notBefore: NOW - 5 * DAY, days: 35 });
    expect(checked(document)).toMatchObject({ warnings: [], facts: { certificate: { days_left: 30 } } });
  });

  it('warns of a certificate that is not valid yet', async () => {
    const { document } = await makeServiceCredentials({ notBefore: NOW + DAY });
    expect(checked(document).warnings).toMatchObject([{ code: 'certificate_not_yet_valid' }]);
  });

  it('reports the client id of an expired certificate', async () => {
    const { document } = await makeServiceCredentials({ notBefore: NOW - 20 * DAY, days: 10 });
    expect(checked(document)).toMatchObject({
      kind: 'jwt',
      facts: { client_id: 'cm-p1-e2-integration-0', certificate: { days_left: -10 } },
      credential: null,
      problems: [{ code: 'credential_certificate_expired' }],
    });
  });

  it('recognises a key and a certificate of two documents', async () => {
    const [{ document }, other] = await Promise.all([makeServiceCredentials(), makeServiceCredentials()]);
    document.integration.publicKey = other.document.integration.publicKey;
    expect(checked(document)).toMatchObject({ facts: null, problems: [{ code: 'credential_key_mismatch' }] });
  });

  it.each([
    ['is valid', NOW - DAY / 2, { problems: [], warnings: [{ code: 'local_token_ends' }] }],
    ['has expired', NOW - 3 * DAY, { credential: null, problems: [{ code: 'local_token_expired' }] }],
  ])('checks a local development token that %s', (_what, madeAt, expected) => {
    const claims = { created_at: String(madeAt), expires_in: String(DAY) };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const accessToken = `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmVk`;
    expect(checked({ accessToken })).toMatchObject({ kind: 'local', ...expected });
  });
});
