import { describe, expect, it } from 'vitest';

import { networkFailure } from './network-failure.ts';

const ORIGIN = 'https://ims-na1.adobelogin.com';
const systemError = (code: string, message = code): Error => Object.assign(new Error(message), { code });
const fetchFailed = (cause: unknown): Error => new TypeError('fetch failed', { cause });

describe('networkFailure', () => {
  it.each([
    ['ENOTFOUND', /DNS/],
    ['EAI_AGAIN', /DNS/],
    ['ECONNREFUSED', /refused/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /NODE_EXTRA_CA_CERTS/],
    ['CERT_HAS_EXPIRED', /TLS/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /TLS/],
    ['UND_ERR_CONNECT_TIMEOUT', /no connection came about/],
    ['UND_ERR_SOCKET', /dropped/],
    ['EMFILE', /the connection failed \(EMFILE\)/],
  ])('explains the error code %s', (code, diagnosis) => {
    const failure = networkFailure(fetchFailed(systemError(code)), ORIGIN);
    expect(failure).toMatchObject({ code: 'ims_unreachable', retryable: true });
    expect(failure.diagnosis).toMatch(diagnosis);
    expect(failure.diagnosis).toContain(`(${code})`);
  });

  // Node 24 reports a CONNECT that was answered with 407 in this form.
  it("names a proxy's refusal, which is nested one cause deeper", () => {
    const refused = systemError('UND_ERR_ABORTED', 'Proxy response (407) !== 200 when HTTP Tunneling');
    const cancelled = Object.assign(new Error('Request was cancelled.', { cause: refused }), { code: 0 });
    expect(networkFailure(fetchFailed(cancelled), ORIGIN).diagnosis).toMatch(/HTTPS_PROXY/);
  });

  it.each([fetchFailed(undefined), fetchFailed(new Error('bad port')), 'no error at all'])(
    'reports ims_unreachable for any thrown value: %s',
    (thrown) => {
      expect(networkFailure(thrown, ORIGIN).code).toBe('ims_unreachable');
    },
  );
});
