/** A PEM that was stored as a list of its lines. */
export const joinLines = (value: unknown): unknown =>
  Array.isArray(value) && value.length > 0 && value.every((line) => typeof line === 'string')
    ? value.map((line) => line.replace(/\r?\n$/, '')).join('\n')
    : value;

/** Labels of PEMs that people store in place of the right one (RFC 7468, OpenSSH). */
const LABELS: readonly (readonly [RegExp, string])[] = [
  [/BEGIN OPENSSH PRIVATE KEY/, 'holds a key in the form of OpenSSH: convert it with ssh-keygen -p -m PEM'],
  [/BEGIN (?:RSA )?PUBLIC KEY/, 'holds a public key'],
  [/BEGIN CERTIFICATE REQUEST|BEGIN NEW CERTIFICATE REQUEST/, 'holds a certificate request'],
  [/BEGIN PKCS7/, 'holds a PKCS#7 container'],
  [/BEGIN (?:EC|DSA) PRIVATE KEY/, 'holds a key that is not RSA'],
  [/BEGIN PGP /, 'holds a key of PGP'],
  [
    /^PuTTY-User-Key-File/,
    'holds a key in the form of PuTTY: export it as OpenSSH, then ssh-keygen -p -m PEM',
  ],
  [/^\s*\{\s*"/, 'holds JSON, such as a JWK'],
  [/^(?:ssh-rsa|ssh-ed25519) /, 'holds a public key in the form of OpenSSH'],
];

/**
 * What a text is that is not the wanted PEM; `otherwise` when it is nothing known.
 * @param what the wanted thing, with its article
 */
export function describePem(text: string, what: string, otherwise: string): string {
  const label = LABELS.find(([pattern]) => pattern.test(text));
  if (label !== undefined) return `${label[1]}, not ${what}`;
  const trimmed = text.trim();
  if (/^[\w+/=\s-]+$/.test(trimmed) && isPem(decode(trimmed))) {
    return `is the base64 of a PEM: decode it once (base64 -d), so that it starts with "-----BEGIN"`;
  }
  if (/^MI[\w+/=\s]{60,}$/.test(trimmed)) {
    return 'is base64 without the lines "-----BEGIN …-----" and "-----END …-----"';
  }
  if (
    /^(?:file:\/\/|~?\.{0,2}\/|[A-Za-z]:\\)[^\n]*$/.test(trimmed) ||
    /^[^\s]+\.(?:pem|key|crt|cer|p8)$/.test(trimmed)
  ) {
    return `is the path of a file: it must be the content of that file`;
  }
  if (isPem(trimmed) && !/[\r\n]/.test(trimmed)) return `${otherwise}; its line breaks are lost`;
  return otherwise;
}

const isPem = (text: string): boolean => text.trimStart().startsWith('-----BEGIN ');
const decode = (text: string): string => Buffer.from(text, 'base64').toString('latin1');
