import { describe, expect, it } from 'vitest';

import { tlsDiagnosis } from './tls-diagnosis.ts';

const alert = (text: string, number: number) =>
  `40ADC4E9DC7F0000:error:0A000412:SSL routines:ssl3_read_bytes:${text}:../deps/openssl/ssl/rec_layer_s3.c:918:` +
  `SSL alert number ${number}\n`;

describe('tlsDiagnosis', () => {
  it.each([
    [alert('tlsv13 alert certificate required', 116), 'wants a client certificate'],
    [alert('ssl/tls alert handshake failure', 40), 'wants a client certificate'],
    [alert('ssl/tls alert certificate expired', 45), 'client certificate, which has expired'],
    [alert('ssl/tls alert certificate revoked', 44), 'client certificate, which is revoked'],
    [alert('tlsv1 alert unknown ca', 48), 'tls-ca-cert-file'],
    [alert('ssl/tls alert bad certificate', 42), 'tls-ca-cert-file'],
    [alert('ssl/tls alert unsupported certificate', 43), 'tls-ca-cert-file'],
    [alert('tlsv1 alert protocol version', 70), 'no version of TLS'],
    ['error:0A000102:SSL routines:ssl_choose_client_version:unsupported protocol', 'no version of TLS'],
    ['CERT_HAS_EXPIRED certificate has expired', 'certificate that has expired'],
    ['All sentinels are unreachable. Last error: certificate has expired', 'certificate that has expired'],
    ['CERT_NOT_YET_VALID certificate is not yet valid', 'check the clocks'],
    ['CERT_REVOKED certificate revoked', 'is revoked'],
    ['INVALID_PURPOSE unsuitable certificate purpose', 'serverAuth'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT self-signed certificate', 'set REDIS_CA_FILE'],
    ['SELF_SIGNED_CERT_IN_CHAIN self-signed certificate in certificate chain', 'set REDIS_CA_FILE'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE unable to verify the first certificate', 'set REDIS_CA_FILE'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY unable to get local issuer certificate', 'set REDIS_CA_FILE'],
    ['CERT_SIGNATURE_FAILURE certificate signature failure', 'set REDIS_CA_FILE'],
    ['ERR_SSL_WRONG_VERSION_NUMBER error:0A00010B:SSL routines::wrong version number', 'speaks no TLS'],
    ['EE_KEY_TOO_SMALL ee key too small', 'fails at TLS (EE_KEY_TOO_SMALL'],
  ])('gives the remedy for %s', (message, remedy) => {
    expect(tlsDiagnosis(message)).toContain(remedy);
  });

  it.each([
    [
      "ERR_TLS_CERT_ALTNAME_INVALID Hostname/IP does not match certificate's altnames: Host: cache. is not in the " +
        "cert's altnames: DNS:redis.example, DNS:*.example",
      'not for cache, only for DNS:redis.example, DNS:*.example:',
    ],
    [
      "Hostname/IP does not match certificate's altnames: IP: 10.0.0.1 is not in the cert's list: 10.0.0.2, 10.0.0.3",
      'not for 10.0.0.1, only for 10.0.0.2, 10.0.0.3:',
    ],
    [
      "Hostname/IP does not match certificate's altnames: IP: ::1 is not in the cert's list: ",
      'not for ::1:',
    ],
    [
      "Hostname/IP does not match certificate's altnames: Host: a. is not cert's CN: b",
      'not for a, only for b:',
    ],
    [
      "Hostname/IP does not match certificate's altnames: Cert does not contain a DNS name",
      'not for this address:',
    ],
    [
      "Hostname/IP does not match certificate's altnames: Host: a. is not in the cert's altnames: DNS:<script>",
      'only for DNS: script',
    ],
  ])('names both names of %s', (message, names) => {
    expect(tlsDiagnosis(message)).toContain(names);
  });

  it.each([
    'connect ECONNREFUSED 127.0.0.1:6379',
    'Command timed out',
    'Connection is closed.',
    'read ECONNRESET',
  ])('leaves %s alone', (message) => expect(tlsDiagnosis(message)).toBeNull());
});
