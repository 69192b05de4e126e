import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, SignJWT, type JWK, type JWTPayload } from 'jose';

const DISCOVERY = '/.well-known/openid-configuration';
const KEY_SET = '/keys';
const KUBERNETES_KEY_SET = '/openid/v1/jwks';

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
  /**
   * Set: answers as the API server of Kubernetes does. Its routes produce one media type each, and 406 for a
   * request that does not accept it. Null as the token means that anyone may read them.
   */
  kubernetes: { token: string | null } | null = null;

  private constructor(now: () => number) {
    this.#now = now;
    this.#server = createServer((request, response) => {
      this.requests.push(request.url ?? '');
      if (this.fault !== null) this.fault(request, response);
      else if (this.kubernetes !== null) void this.#answerStrictly(request, response, this.kubernetes.token);
      else void this.#answer(request.url ?? '').then((body) => response.end(body));
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
    return `${this.issuer}${this.kubernetes === null ? KEY_SET : KUBERNETES_KEY_SET}`;
  }

  /** How often its key set was asked for. */
  get keyFetches(): number {
    return this.requests.filter((path) => path === KEY_SET || path === KUBERNETES_KEY_SET).length;
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

  async #answerStrictly(request: IncomingMessage, response: ServerResponse, token: string | null) {
    const path = request.url ?? '';
    const { accept = '*/*', authorization } = request.headers;
    const type = path === DISCOVERY ? 'application/json' : 'application/jwk-set+json';
    // The server's router compares the types and ignores their quality.
    const accepted = new Set(accept.split(',').map((range) => range.replace(/;.*/, '').trim()));
    if (path !== DISCOVERY && path !== KUBERNETES_KEY_SET) response.writeHead(404).end();
    else if (token !== null && authorization === undefined) response.writeHead(403).end();
    else if (token !== null && authorization !== `Bearer ${token}`) response.writeHead(401).end();
    else if (!accepted.has(type) && !accepted.has('*/*')) response.writeHead(406).end();
    else response.writeHead(200, { 'content-type': type }).end(await this.#answer(path));
  }

  async #answer(path: string): Promise<string> {
    if (path === DISCOVERY) {
      const supported = {
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      };
      const own = { issuer: this.issuer, jwks_uri: this.jwksUri };
      return JSON.stringify({ ...own, ...(this.kubernetes && supported), ...this.discovery });
    }
    return JSON.stringify({ keys: await Promise.all(this.keys.map((key) => this.publicJwk(key))) });
  }
}

/** A forged token: with these bytes as its signature, or with none. */
export function handmadeToken(header: unknown, claims: unknown, signature = ''): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}
