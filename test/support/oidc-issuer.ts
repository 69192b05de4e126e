import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, SignJWT, type JWK, type JWTPayload } from 'jose';

const DISCOVERY = '/.well-known/openid-configuration';
const KEY_SET = '/keys';

/** A pair of keys with its name, as an issuer has several over time. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function makeSigningKey(alg: 'RS256' | 'PS256' | 'ES256' | 'EdDSA' = 'ES256'): SigningKey {
  const pair =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid: randomUUID(), alg, ...pair };
}

interface TokenOptions {
  readonly claims?: JWTPayload;
  readonly header?: Record<string, unknown>;
  /** Of the issuer, where no other is given. */
  readonly key?: SigningKey;
}

/** An OIDC issuer on 127.0.0.1: discovery document, key set, and tokens for the workload `publisher`. */
export class OidcIssuer {
  readonly #server: Server;
  readonly #now: () => number;
  /** What it was asked for, in order. */
  readonly requests: string[] = [];
  /** Answers in the issuer's place while it is set. */
  fault: RequestListener | null = null;
  /** The keys in its key set; it signs with the first. */
  keys: SigningKey[] = [makeSigningKey()];
  /** Put over the discovery document's own fields. */
  discovery: Record<string, unknown> = {};

  private constructor(now: () => number) {
    this.#now = now;
    this.#server = createServer((request, response) => {
      this.requests.push(request.url ?? '');
      if (this.fault === null) void this.#answer(request.url ?? '').then((body) => response.end(body));
      else this.fault(request, response);
    });
  }

  /** @param now the time its tokens are made at, in epoch milliseconds */
  static async start(now: () => number = Date.now): Promise<OidcIssuer> {
    const issuer = new OidcIssuer(now);
    const { promise, resolve } = Promise.withResolvers<void>();
    issuer.#server.listen(0, '127.0.0.1', resolve);
    await promise;
    return issuer;
  }

  /** Its name: where it listens. */
  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get jwksUri(): string {
    return `${this.issuer}${KEY_SET}`;
  }

  /** How often its key set was asked for. */
  get keyFetches(): number {
    return this.requests.filter((path) => path === KEY_SET).length;
  }

  /** Signs with a new key from now on, and publishes no other. */
  rotate(): SigningKey {
    const key = makeSigningKey();
    this.keys = [key];
    return key;
  }

  async publicJwk(key = this.signingKey): Promise<JWK> {
    return { ...(await exportJWK(key.publicKey)), kid: key.kid, alg: key.alg, use: 'sig' };
  }

  get signingKey(): SigningKey {
    const [key] = this.keys;
    if (key === undefined) throw new Error('this issuer has no key to sign with');
    return key;
  }

  /** Claims as this issuer makes them: of `publisher`, for this service, for ten minutes. */
  claims(overrides: JWTPayload = {}): JWTPayload {
    const now = Math.floor(this.#now() / 1000);
    return {
      iss: this.issuer,
      aud: 'ims-tokens',
      sub: 'system:serviceaccount:web:publisher',
      iat: now,
      nbf: now,
      exp: now + 600,
      ...overrides,
    };
  }

  token({ claims = {}, header = {}, key = this.signingKey }: TokenOptions = {}): Promise<string> {
    return new SignJWT(this.claims(claims))
      .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
      .sign(key.privateKey);
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #answer(path: string): Promise<string> {
    if (path === DISCOVERY) {
      return JSON.stringify({ issuer: this.issuer, jwks_uri: this.jwksUri, ...this.discovery });
    }
    return JSON.stringify({ keys: await Promise.all(this.keys.map((key) => this.publicJwk(key))) });
  }
}

/** A forged token: with these bytes as its signature, or with none. */
export function handmadeToken(header: unknown, claims: unknown, signature = ''): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}
