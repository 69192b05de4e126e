import 'reflect-metadata';

import { createPublicKey, generateKeyPairSync, webcrypto, type KeyObject } from 'node:crypto';

import * as x509 from '@peculiar/x509';

const DAY = 86_400_000;

interface ServiceCredentialsOptions {
  /** Left out of the document where undefined is given explicitly. */
  readonly imsEndpoint?: string | undefined;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly metascopes?: string;
  /** From when the certificate is valid, in epoch milliseconds; now where not given. */
  readonly notBefore?: number;
  /** For how many days the certificate is valid; 365 as Adobe's are. */
  readonly days?: number;
  /** PKCS#1 is what Adobe hands out. */
  readonly keyFormat?: 'pkcs1' | 'pkcs8';
  readonly lineBreak?: '\n' | '\r\n';
  readonly modulusLength?: number;
}

/** The `integration` object as the AEM Developer Console writes it. */
interface Integration {
  imsEndpoint?: string;
  metascopes: string;
  technicalAccount: { clientId: string; clientSecret: string };
  email: string;
  id: string;
  org: string;
  privateKey: string;
  publicKey: string;
}

interface ServiceCredentials {
  readonly document: { ok: boolean; integration: Integration; statusCode: number };
  readonly privateKey: KeyObject;
  readonly certificate: x509.X509Certificate;
}

/** Makes AEM Developer Console credentials with a new key and certificate, in PEMs with `\r\n` as Adobe's. */
export async function makeServiceCredentials(
  options: ServiceCredentialsOptions = {},
): Promise<ServiceCredentials> {
  const { clientId = 'cm-p1-e2-integration-0', lineBreak = '\r\n', keyFormat = 'pkcs1' } = options;
  const privateKey = makeRsaKey(options.modulusLength ?? 2_048);
  const certificate = await selfSigned(
    privateKey,
    clientId,
    options.notBefore ?? Date.now(),
    options.days ?? 365,
  );
  const withBreaks = (pem: string): string => `${pem.trimEnd().replace(/\r?\n/g, lineBreak)}${lineBreak}`;
  const imsEndpoint = 'imsEndpoint' in options ? options.imsEndpoint : 'ims-na1.adobelogin.com';
  const integration: Integration = {
    ...(imsEndpoint === undefined ? {} : { imsEndpoint }),
    metascopes: options.metascopes ?? 'ent_aem_cloud_api',
    technicalAccount: { clientId, clientSecret: options.clientSecret ?? 'p8e-a-client-secret' },
    email: 'integration@techacct.adobe.com',
    id: 'ABCDAE10A495E8C@techacct.adobe.com',
    org: '1234@AdobeOrg',
    privateKey: withBreaks(String(privateKey.export({ type: keyFormat, format: 'pem' }))),
    publicKey: withBreaks(certificate.toString('pem')),
  };
  return { document: { ok: true, integration, statusCode: 200 }, privateKey, certificate };
}

/** An RSA private key. */
export function makeRsaKey(modulusLength = 2_048): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength }).privateKey;
}

async function selfSigned(
  key: KeyObject,
  clientId: string,
  notBefore: number,
  days: number,
): Promise<x509.X509Certificate> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const privateKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']);
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const publicKey = await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']);
  return x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${clientId}`,
    notBefore: new Date(notBefore),
    notAfter: new Date(notBefore + days * DAY),
    signingAlgorithm: algorithm,
    keys: { privateKey, publicKey },
    extensions: [new x509.BasicConstraintsExtension(true)],
  });
}
