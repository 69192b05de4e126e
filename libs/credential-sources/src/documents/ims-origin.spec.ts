import { AllowedOrigins } from '#libs/credential-sources';
import { describe, expect, it } from 'vitest';

import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { credentialIn, parse, problemIn } from '../../../../test/support/credential-sources/parse.ts';

const withEndpoint = (imsEndpoint: unknown) => oauthDocument({ imsEndpoint });

describe('imsOrigin', () => {
  it.each([
    ['ims-na1.adobelogin.com', 'https://ims-na1.adobelogin.com'],
    ['IMS-NA1.AdobeLogin.com', 'https://ims-na1.adobelogin.com'],
    ['ims-na1.adobelogin.com:443', 'https://ims-na1.adobelogin.com'],
    ['https://ims-na1.adobelogin.com', 'https://ims-na1.adobelogin.com'],
    ['HTTPS://ims-na1.adobelogin.com:443', 'https://ims-na1.adobelogin.com'],
    ['adobeid-na1.services.adobe.com', 'https://adobeid-na1.services.adobe.com'],
  ])('reads %s as %s', (endpoint, origin) => {
    expect(credentialIn('oauth', parse(withEndpoint(endpoint))).imsOrigin).toBe(origin);
  });

  it('defaults to Adobe’s production', () => {
    expect(credentialIn('oauth', parse(oauthDocument())).imsOrigin).toBe('https://ims-na1.adobelogin.com');
  });

  it('accepts plain http, or another port, when the list has exactly that origin', () => {
    const origins = AllowedOrigins.parse('http://127.0.0.1:3001,https://localhost:9543');
    const originOf = (endpoint: string) =>
      credentialIn('oauth', parse(withEndpoint(endpoint), { origins })).imsOrigin;
    expect(originOf('http://127.0.0.1:3001')).toBe('http://127.0.0.1:3001');
    expect(originOf('localhost:9543')).toBe('https://localhost:9543');
  });

  it.each([
    'evil.example',
    'http://ims-na1.adobelogin.com',
    'ims-na1.adobelogin.com:8443',
    'ims-na1.adobelogin.com.',
    'adobelogin.com',
    'a.b.adobelogin.com',
    '*.adobelogin.com',
    'ims-na1.adobelogin.com.evil.example',
    '%2e.adobelogin.com',
    'ims-na1%2eadobelogin.com.evil.example',
    'evil.example\u3002adobelogin.com.',
    'https://user:pass@ims-na1.adobelogin.com',
    'ims-na1.adobelogin.com@evil.example',
    'evil.example/.adobelogin.com',
    'evil.example\\.adobelogin.com',
    'https://evil.example#.adobelogin.com',
    'https://evil.example?.adobelogin.com',
    'https:evil.example',
    'https:///ims-na1.adobelogin.com',
    '//ims-na1.adobelogin.com',
    'https://ims-na1.adobelogin.com/',
    'https://ims-na1.adobelogin.com/ims',
    'https://ims-na1.adobelogin.com?',
    'https://ims-na1.adobelogin.com#',
    'ims-na1.adobe\tlogin.com',
    'ims-na1.adobelogin.com\n',
    ' ims-na1.adobelogin.com',
    'ims-na1.adobelogin.com:',
    'ims-na1.adobelogin.com:99999',
    'ftp://ims-na1.adobelogin.com',
    'javascript:alert(1)',
    '[::1]',
    '0x7f.1',
    '.',
  ])('refuses %j', (endpoint) => {
    const problem = problemIn(parse(withEndpoint(endpoint)));
    expect(problem).toMatchObject({ documentKind: 'oauth', code: 'credential_endpoint_refused' });
    expect(problem.diagnosis).toContain('`imsEndpoint`');
  });

  it('names an origin that is not allowed, and IMS_ALLOWED_ORIGINS', () => {
    const { diagnosis } = problemIn(parse(withEndpoint('IMS.evil.example')));
    expect(diagnosis).toContain('https://ims.evil.example');
    expect(diagnosis).toContain('IMS_ALLOWED_ORIGINS');
  });

  it('refuses a missing endpoint when Adobe’s production is not allowed', () => {
    const problem = problemIn(
      parse(oauthDocument(), { origins: AllowedOrigins.parse('http://127.0.0.1:1') }),
    );
    expect(problem.code).toBe('credential_endpoint_refused');
  });

  it.each([[42], [''], [{}]])('reports %j as an invalid field', (endpoint) => {
    const problem = problemIn(parse(withEndpoint(endpoint)));
    expect(problem.code).toBe('credential_invalid_field');
    expect(problem.diagnosis).toContain('`imsEndpoint`');
  });
});
