const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An access token in IMS's form, with these claims and a signature that the parser does not check. */
export function makeLocalToken(claims: unknown): string {
  const header = { alg: 'RS256', x5u: 'ims_na1-key-at-1.cer', kid: 'ims_na1-key-at-1', itt: 'at' };
  return `${encode(header)}.${encode(claims)}.c2lnbmF0dXJl`;
}
