import 'reflect-metadata';

import { webcrypto } from 'node:crypto';

import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** A certificate and its private key, PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

interface Issue {
  /** Host names; by default `localhost`. */
  readonly hosts?: readonly string[];
  /** Addresses; by default none. */
  readonly addresses?: readonly string[];
  /** Days from now until the validity begins; negative: it began so long ago. */
  readonly fromDay?: number;
  /** Days from now until the validity ends; negative: it ended so long ago. */
  readonly toDay?: number;
  /** The extended key usage; by default none, which allows all. */
  readonly usage?: 'client' | 'server';
}

/** A certificate authority of a test. */
export interface Authority {
  readonly cert: string;
  readonly issue: (request?: Issue) => Promise<Pair>;
}

/** Makes an authority that issues certificates. */
export async function makeAuthority(name = 'CN=authority'): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const own = await newKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    keys: own,
    signingAlgorithm: ALGORITHM,
    notBefore: inDays(-30),
    notAfter: inDays(30),
    extensions: [new x509.BasicConstraintsExtension(true)],
  });
  const issue = async (request: Issue = {}) => {
    const { hosts = ['localhost'], addresses = [], fromDay = -10, toDay = 10, usage } = request;
    const { publicKey, privateKey } = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: 'CN=redis',
      issuer: authority.subject,
      publicKey,
      signingKey: own.privateKey,
      signingAlgorithm: ALGORITHM,
      notBefore: inDays(fromDay),
      notAfter: inDays(toDay),
      extensions: [
        new x509.SubjectAlternativeNameExtension([
          ...hosts.map((value) => ({ type: 'dns', value }) as const),
          ...addresses.map((value) => ({ type: 'ip', value }) as const),
        ]),
        ...(usage === undefined ? [] : [new x509.ExtendedKeyUsageExtension([usageOf(usage)])]),
      ],
    });
    const key = await webcrypto.subtle.exportKey('pkcs8', privateKey);
    return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
  };
  return { cert: authority.toString('pem'), issue };
}

const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
const usageOf = (usage: 'client' | 'server'): x509.ExtendedKeyUsage =>
  usage === 'client' ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth;
