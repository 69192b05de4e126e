/** Errors of TLS with their remedies, by the words of OpenSSL and Node. The first match applies. */
const DIAGNOSES: readonly (readonly [RegExp, string])[] = [
  [
    /^WrongProtocol TLS only/,
    'speaks TLS only: use rediss:// instead of redis:// in REDIS_URL (rediss+sentinel:// for Sentinels)',
  ],
  [
    /^WrongProtocol no TLS|wrong.version.number|EPROTO|packet.length.too.long|bad.record.type/i,
    'speaks no TLS: use redis:// instead of rediss://, or turn its TLS on',
  ],
  // Alerts come from Redis and are about the certificate of this process.
  [
    /alert.certificate.required|alert.handshake.failure/i,
    'wants a client certificate: set REDIS_CERT_FILE and REDIS_KEY_FILE, or turn tls-auth-clients off at Redis',
  ],
  [
    /alert.certificate.expired/i,
    'refused the client certificate, which has expired: renew the files REDIS_CERT_FILE and REDIS_KEY_FILE',
  ],
  [/alert.certificate.revoked/i, 'refused the client certificate, which is revoked: replace REDIS_CERT_FILE'],
  [
    /alert.(unknown.ca|bad.certificate|unsupported.certificate|certificate.unknown|decrypt.error|access.denied)/i,
    'refused the client certificate of REDIS_CERT_FILE: have it issued for clients by an authority that Redis ' +
      'trusts (tls-ca-cert-file at Redis)',
  ],
  [
    /alert.protocol.version|unsupported.protocol|no.protocols.available|alert.insufficient.security/i,
    'shares no version of TLS with this process: allow TLS 1.2 or 1.3 at Redis (tls-protocols)',
  ],
  [/alert.unrecognized.name/i, 'knows no host of that name: let REDIS_URL use a name of its certificate'],
  [
    /CERT_HAS_EXPIRED|certificate has expired/,
    'has a certificate that has expired, or whose authority has: renew it at Redis, and an expired authority in ' +
      'REDIS_CA_FILE',
  ],
  [
    /CERT_NOT_YET_VALID|certificate is not yet valid/,
    'has a certificate that is not valid yet: check the clocks of Redis and of this machine',
  ],
  [/CERT_REVOKED|certificate revoked/, 'has a certificate that is revoked: replace it at Redis'],
  [
    /INVALID_PURPOSE|unsuitable certificate purpose|unsupported certificate purpose/,
    'has a certificate that is not for servers: issue one with the extended key usage serverAuth',
  ],
  [
    /self.signed|UNABLE_TO_|unable to (get|verify)|certificate signature failure|CERT_UNTRUSTED|invalid.CA\b/i,
    'has a certificate of an authority that is not trusted: set REDIS_CA_FILE to a file with the certificate of ' +
      'that authority',
  ],
];
const OTHER_FAILURE =
  /CERT_|CRL_|certificate|_KEY_TOO_SMALL|key too small|_MD_TOO_WEAK|ERR_SSL_|ERR_OSSL_|SSL routines/;

const OTHER_NAME = /does not match certificate's altnames|ALTNAME_INVALID/;

/** What a failure of TLS means and its remedy, by the message of the error; null for any other failure. */
export function tlsDiagnosis(message: string): string | null {
  if (OTHER_NAME.test(message)) return otherName(message);
  const diagnosis = DIAGNOSES.find(([pattern]) => pattern.test(message))?.[1];
  return diagnosis ?? (OTHER_FAILURE.test(message) ? `fails at TLS (${printable(message)})` : null);
}

/** The message of Node ends with the name that was asked for and those in the certificate. */
function otherName(message: string): string {
  const host = printable(/(?:IP|Host): (\S+?)\.? is not/.exec(message)?.[1] ?? 'this address');
  const names = printable(/ is not [^:]*: ([^]*)$/.exec(message)?.[1] ?? '');
  const others = names === '' ? '' : `, only for ${names}`;
  return (
    `has a certificate that is not for ${host}${others}: let REDIS_URL, the Cluster or the Sentinels use a name ` +
    'that is in the certificate, or issue one for this name'
  );
}

/** Part of the text comes from the server. */
const printable = (text: string): string =>
  text
    .replaceAll(/[^\w.:*,()' -]/g, ' ')
    .trim()
    .slice(0, 200);
