import { AllowedOrigins } from '#libs/credential-sources';
import { describe, expect, it } from 'vitest';

const permitted = (list: string, origin: string): boolean => AllowedOrigins.parse(list).permits(origin);

describe('AllowedOrigins', () => {
  it.each([
    ['https://*.adobelogin.com', 'https://ims-na1.adobelogin.com'],
    ['https://*.adobelogin.com', 'https://ims-na1-stg1.adobelogin.com'],
    ['HTTPS://*.AdobeLogin.COM:443', 'https://ims-na1.adobelogin.com'],
    ['https://ims.*.example.com', 'https://ims.eu.example.com'],
    ['https://*.example.com:8443', 'https://ims.example.com:8443'],
    ['http://127.0.0.1:3001', 'http://127.0.0.1:3001'],
    ['http://localhost:80', 'http://localhost'],
    ['http://[::1]:3001', 'http://[::1]:3001'],
    [' https://a.example.com , https://b.example.com ', 'https://b.example.com'],
    ['https://bücher.example.com', 'https://xn--bcher-kva.example.com'],
  ])('permits with %s the origin %s', (list, origin) => {
    expect(permitted(list, origin)).toBe(true);
  });

  it.each([
    ['https://*.adobelogin.com', 'https://adobelogin.com'],
    ['https://*.adobelogin.com', 'https://a.b.adobelogin.com'],
    ['https://*.adobelogin.com', 'https://.adobelogin.com'],
    ['https://*.adobelogin.com', 'https://ims-na1.adobelogin.com.'],
    ['https://*.adobelogin.com', 'https://ims-na1.adobelogin.com:8443'],
    ['https://*.adobelogin.com', 'http://ims-na1.adobelogin.com'],
    ['https://*.adobelogin.com', 'https://ims-na1.adobelogin.com.example.org'],
    ['https://*.adobelogin.com', 'https://evil-adobelogin.com'],
    ['https://*.adobelogin.com', 'https://*.adobelogin.com'],
    ['https://*.example.com:8443', 'https://ims.example.com'],
    ['http://127.0.0.1:3001', 'http://127.0.0.1:3002'],
    ['http://127.0.0.1:3001', 'https://127.0.0.1:3001'],
    ['http://localhost:3001', 'http://localhost'],
  ])('does not permit with %s the origin %s', (list, origin) => {
    expect(permitted(list, origin)).toBe(false);
  });

  it.each([
    ['', 'an empty entry'],
    ['https://a.example.com,', 'an empty entry'],
    ['ims-na1.adobelogin.com', '"ims-na1.adobelogin.com"'],
    ['ftp://ims.example.com', '"ftp://ims.example.com"'],
    ['http://*.example.com', '"http://*.example.com"'],
    ['https://*', '"https://*"'],
    ['https://*.com', '"https://*.com"'],
    ['https://ims*.example.com', '"https://ims*.example.com"'],
    ['https://*-na1.*.example.com', '"https://*-na1.*.example.com"'],
    ['https://ims.example.*', '"https://ims.example.*"'],
    ['https://ims.example.com/', '"https://ims.example.com/"'],
    ['https://ims.example.com/ims', '"https://ims.example.com/ims"'],
    ['https://ims.example.com?x', '"https://ims.example.com?x"'],
    ['https://ims.example.com:99999', '"https://ims.example.com:99999"'],
    ['https://ims.example.com.', '"https://ims.example.com."'],
    ['https://a.example.com https://b.example.com', '"https://a.example.com https://b.example.com"'],
  ])('rejects the list %j and names the entry', (list, entry) => {
    expect(() => AllowedOrigins.parse(list)).toThrow(`${entry}: not an allowed origin`);
  });

  it('names every invalid entry', () => {
    expect(() => AllowedOrigins.parse('nonsense,https://a.example.com,http://*.b.example')).toThrow(
      '"nonsense", "http://*.b.example": not an allowed origin',
    );
  });

  it('never repeats user info, which may contain a password', () => {
    expect(() => AllowedOrigins.parse('https://user:hunter2@ims.example.com')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
