import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { handmadeToken, makeSigningKey, OidcIssuer } from '../support/oidc-issuer.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

const KEY = 'Key-of-catalog-sync-7f';
const PATH = '/v1/tokens/aem-dev';
const digest = (key: string): string => hash('sha256', key, 'hex');

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let issuer: OidcIssuer;
let stranger: OidcIssuer;

const DEMO = `  - {name: demo, apiKeySha256: ["${digest(DEMO_KEY)}"], permissions: [status]}\n`;
const keyCaller = (...keys: string[]): string =>
  `  - {name: catalog-sync, tokens: [aem-dev], apiKeySha256: ${JSON.stringify(keys.map(digest))}}\n`;
const otherCaller = `  - {name: other, tokens: [aem-dev], apiKeySha256: ["${digest('key-of-other')}"]}\n`;
const jwtCaller = (subject = 'system:serviceaccount:web:publisher'): string =>
  `  - {name: publisher, tokens: [aem-dev], jwt: {issuer: "${issuer.issuer}", audience: ims-tokens, subject: "${subject}"}}\n`;
const whole = (): string => `callers:\n${DEMO}${keyCaller(KEY, 'rotated-out')}${otherCaller}${jwtCaller()}`;

beforeAll(async () => {
  issuer = await OidcIssuer.start();
  issuer.keys = [makeSigningKey('RS256')];
  stranger = await OidcIssuer.start();
  workplace = await makeWorkplace(whole());
  await workplace.addCredential('aem-dev');
  service = await workplace.startService({ TRUSTED_PROXIES: '127.0.0.1' });
  await ready(service);
});

afterAll(async () => {
  await workplace.close();
  await issuer.close();
  await stranger.close();
});

const basic = (name: string, key: string): string =>
  `Basic ${Buffer.from(`${name}:${key}`).toString('base64')}`;
/** Each request comes from an address of its own, because the service throttles addresses that fail often. */
let requests = 0;
const fromAfar = (authorization?: string): Record<string, string> => ({
  'x-forwarded-for': `10.0.${(requests >> 8) & 255}.${requests++ & 255}`,
  ...(authorization === undefined ? {} : { authorization }),
});
const client = (body: Record<string, string>, authorization?: string): Promise<Response> =>
  fetch(`${service.origin}/oauth/token`, {
    method: 'POST',
    headers: fromAfar(authorization),
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'aem-dev', ...body }),
  });

/** Every way a caller may send a key or a token, with its name where the way has a place for one. */
const WAYS = {
  Bearer: (proof: string) => service.get(PATH, fromAfar(`Bearer ${proof}`)),
  Basic: (proof: string, name: string) => service.get(PATH, fromAfar(basic(name, proof))),
  '/oauth/token by Basic': (proof: string, name: string) => client({}, basic(name, proof)),
  '/oauth/token by body': (proof: string, name: string) => client({ client_id: name, client_secret: proof }),
} as const;
type Way = keyof typeof WAYS;
const EVERY_WAY = Object.keys(WAYS) as Way[];

/** The parts of an answer to compare: status, code or OAuth error, and challenge. The token is left out. */
async function seen(way: Way, proof: string, name: string): Promise<string> {
  const answer = await WAYS[way](proof, name);
  const body = (await answer.json()) as { code?: string; error?: string; access_token?: string };
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(JSON.stringify(body)).not.toContain(proof);
  const { code, error, access_token: token } = body;
  const what = code ?? error ?? (token === undefined ? 'nothing' : 'a token');
  return [answer.status, what, answer.headers.get('www-authenticate') ?? 'no challenge'].join(', ');
}

const LET_IN = '200, a token, no challenge';
const BASIC = 'Basic realm="ims-token-service", charset="UTF-8"';
const PROBLEM = `401, unauthenticated, Bearer realm="ims-token-service", ${BASIC}`;
const REFUSED: Readonly<Record<Way, string>> = {
  Bearer: PROBLEM,
  Basic: PROBLEM,
  '/oauth/token by Basic': `401, invalid_client, ${BASIC}`,
  '/oauth/token by body': `401, invalid_client, ${BASIC}`,
};

/** Why callers were refused until now, as the metric counts it. */
async function failures(): Promise<Map<string, number>> {
  const text = await (await service.get('/metrics')).text();
  const counted = text.matchAll(/^ims_authentication_failures_total\{reason="(\w+)"\} (\d+)$/gm);
  return new Map([...counted].map(([, reason = '', count]) => [reason, Number(count)]));
}

/** Asks in one way, and says how that was counted besides what was seen. */
async function asked(way: Way, proof: string, name: string): Promise<[answer: string, reason: string]> {
  const before = await failures();
  const answer = await seen(way, proof, name);
  const grown = [...(await failures())].filter(([reason, count]) => count > (before.get(reason) ?? 0));
  return [answer, grown.map(([reason]) => reason).join() || 'let in'];
}

/** Puts a file in force and waits until it is. */
async function inForce(text: string): Promise<void> {
  const reads = (): number => service.logLines.filter((line) => line.includes('callers-file.read')).length;
  const read = reads();
  await writeFile(workplace.callersFile, text);
  await eventually(
    async () => reads(),
    (count) => count > read,
  );
}

const TOKENS: Record<string, { make: () => Promise<string>; reason: string }> = {
  expired: {
    make: () => {
      const now = Math.floor(Date.now() / 1000);
      return issuer.token({ claims: { iat: now - 700, nbf: now - 700, exp: now - 100 } });
    },
    reason: 'expired_token',
  },
  'for another audience': {
    make: () => issuer.token({ claims: { aud: 'somebody-else' } }),
    reason: 'wrong_audience',
  },
  'of another subject': {
    make: () => issuer.token({ claims: { sub: 'system:serviceaccount:web:other' } }),
    reason: 'unknown_subject',
  },
  'of another issuer': { make: () => stranger.token(), reason: 'unknown_issuer' },
  'of another issuer that names ours': {
    make: () => stranger.token({ claims: { iss: issuer.issuer } }),
    reason: 'invalid_token',
  },
  'with a wrong signature': {
    make: () => issuer.token({ key: { ...makeSigningKey('RS256'), kid: issuer.signingKey.kid } }),
    reason: 'invalid_token',
  },
  'with another’s claims under its signature': {
    make: async () => {
      const [header, , signature] = (await issuer.token({ claims: { sub: 'other' } })).split('.');
      const claims = Buffer.from(JSON.stringify(issuer.claims())).toString('base64url');
      return [header, claims, signature].join('.');
    },
    reason: 'invalid_token',
  },
  'with alg none': {
    make: async () => handmadeToken({ alg: 'none' }, issuer.claims()),
    reason: 'invalid_token',
  },
  'with alg none, naming a key': {
    make: async () => handmadeToken({ alg: 'none', kid: issuer.signingKey.kid }, issuer.claims(), 'AAAA'),
    reason: 'invalid_token',
  },
  'by HS256 with the public key (PEM)': {
    make: () => hmac(String(issuer.signingKey.publicKey.export({ type: 'spki', format: 'pem' }))),
    reason: 'invalid_token',
  },
  'by HS256 with the public key (JWK)': {
    make: async () => hmac(JSON.stringify(await issuer.publicJwk())),
    reason: 'invalid_token',
  },
};

const hmac = (secret: string): Promise<string> =>
  new SignJWT(issuer.claims())
    .setProtectedHeader({ alg: 'HS256', kid: issuer.signingKey.kid })
    .sign(Buffer.from(secret));

describe('a key', () => {
  it.each(EVERY_WAY)('that is right lets its caller in by %s', async (way) => {
    expect(await asked(way, KEY, 'catalog-sync')).toEqual([LET_IN, 'let in']);
  });

  describe.each<[what: string, key: string, name: string, byName: string]>([
    ['of no caller', 'made-up', 'catalog-sync', 'unknown_key'],
    ['in another case', KEY.toUpperCase(), 'catalog-sync', 'unknown_key'],
    ['with a letter more', `${KEY}x`, 'catalog-sync', 'unknown_key'],
    ['with a letter less', KEY.slice(0, -1), 'catalog-sync', 'unknown_key'],
    ['known by its digest only, which is sent', digest(KEY), 'catalog-sync', 'unknown_key'],
  ])('that is %s', (_, key, name, reason) => {
    it.each(EVERY_WAY)('is refused by %s', async (way) => {
      expect(await asked(way, key, name)).toEqual([REFUSED[way], reason]);
    });
  });

  it.each(EVERY_WAY.filter((way) => way !== 'Bearer'))(
    'of one caller beside the name of another is refused by %s',
    async (way) => {
      expect(await asked(way, 'key-of-other', 'catalog-sync')).toEqual([REFUSED[way], 'name_mismatch']);
      expect(await asked(way, KEY, 'nobody')).toEqual([REFUSED[way], 'name_mismatch']);
      expect(await asked(way, KEY, 'publisher')).toEqual([REFUSED[way], 'name_mismatch']);
    },
  );

  it('is refused in every way once it is taken out of the file, alone or with its caller', async () => {
    for (const way of EVERY_WAY) expect(await seen(way, 'rotated-out', 'catalog-sync')).toBe(LET_IN);
    await inForce(`callers:\n${DEMO}${keyCaller(KEY)}${otherCaller}${jwtCaller()}`);
    for (const way of EVERY_WAY) {
      expect(await asked(way, 'rotated-out', 'catalog-sync')).toEqual([REFUSED[way], 'unknown_key']);
      expect(await seen(way, KEY, 'catalog-sync')).toBe(LET_IN);
    }
    await inForce(`callers:\n${DEMO}${otherCaller}${jwtCaller()}`);
    for (const way of EVERY_WAY) {
      expect(await asked(way, KEY, 'catalog-sync')).toEqual([REFUSED[way], 'unknown_key']);
    }
    await inForce(whole());
    for (const way of EVERY_WAY) expect(await seen(way, KEY, 'catalog-sync')).toBe(LET_IN);
  });
});

describe('a JWT', () => {
  it('that is right lets its caller in as Bearer, the first time and every time', async () => {
    const token = await issuer.token();
    expect(await asked('Bearer', token, '')).toEqual([LET_IN, 'let in']);
    expect(await asked('Bearer', token, '')).toEqual([LET_IN, 'let in']);
    const audited = service.logLines.filter((line) => line.includes('"caller":"publisher"'));
    expect(audited.at(-1)).toContain('"authenticated_by":"jwt"');
    expect(service.logLines.join('')).not.toContain(token);
  });

  it.each(EVERY_WAY.filter((way) => way !== 'Bearer'))(
    'that is right is no secret of its caller, by %s',
    async (way) => {
      expect(await asked(way, await issuer.token(), 'publisher')).toEqual([REFUSED[way], 'unknown_key']);
    },
  );

  describe.each(Object.entries(TOKENS))('%s', (_, { make, reason }) => {
    it('is refused as Bearer, again and again', async () => {
      const token = await make();
      expect(await asked('Bearer', token, '')).toEqual([PROBLEM, reason]);
      expect(await asked('Bearer', token, '')).toEqual([PROBLEM, reason]);
    });

    it.each(EVERY_WAY.filter((way) => way !== 'Bearer'))('is refused by %s', async (way) => {
      expect(await asked(way, await make(), 'publisher')).toEqual([REFUSED[way], 'unknown_key']);
    });
  });

  it('at /oauth/token as Bearer is refused: the client has to name itself', async () => {
    const answer = await client({}, `Bearer ${await issuer.token()}`);
    expect([answer.status, await answer.json()]).toMatchObject([401, { error: 'invalid_client' }]);
  });

  it('that was let in is refused once its caller is taken out of the file, and let in again with it', async () => {
    const token = await issuer.token();
    expect(await seen('Bearer', token, '')).toBe(LET_IN);
    await inForce(`callers:\n${DEMO}${keyCaller(KEY)}${otherCaller}${jwtCaller('somebody-else')}`);
    expect(await asked('Bearer', token, '')).toEqual([PROBLEM, 'unknown_subject']);
    await inForce(`callers:\n${DEMO}${keyCaller(KEY)}${otherCaller}`);
    expect(await asked('Bearer', token, '')).toEqual([PROBLEM, 'unknown_issuer']);
    await inForce(whole());
    expect(await seen('Bearer', token, '')).toBe(LET_IN);
  });

  it('never makes the service send a request to any host but the issuers of the file', () => {
    expect(stranger.requests).toEqual([]);
    expect(new Set(issuer.requests)).toEqual(new Set(['/.well-known/openid-configuration', '/keys']));
  });
});

describe('a callers file that breaks', () => {
  it.each([
    [
      'a jwt without its subject',
      () => jwtCaller().replace(/, subject: "[^"]+"/, ''),
      'jwt.subject: missing',
    ],
    [
      'an issuer in clear text',
      () => jwtCaller().replace(issuer.issuer, 'http://oidc.example'),
      'jwt.issuer',
    ],
    [
      'the same jwt twice',
      () => `${jwtCaller()}${jwtCaller().replace('publisher,', 'twice,')}`,
      'jwt: the same',
    ],
    ['half a line', () => '  - {name: publisher, jwt: {iss', 'BAD_INDENT'],
  ])('by %s removes no caller, and shows in status, log and metric', async (_, lines, problem) => {
    const token = await issuer.token();
    const logged = service.logLines.length;
    await writeFile(workplace.callersFile, `callers:\n${DEMO}${lines()}`);
    const status = async () =>
      ((await (await service.get('/v1/status')).json()) as { callers_file: { ok: boolean; detail: string } })
        .callers_file;
    const broken = await eventually(status, ({ ok }) => !ok);
    expect(broken.detail).toContain(problem);
    expect(
      service.logLines.slice(logged).filter((line) => line.includes('callers-file.broken')),
    ).toHaveLength(1);
    expect(await (await service.get('/metrics')).text()).toMatch(/^ims_callers_file_ok 0$/m);
    expect(await seen('Bearer', token, '')).toBe(LET_IN);
    expect(await seen('Bearer', KEY, 'catalog-sync')).toBe(LET_IN);
    await writeFile(workplace.callersFile, whole());
    await eventually(status, ({ ok }) => ok);
    expect(await (await service.get('/metrics')).text()).toMatch(/^ims_callers_file_ok 1$/m);
    expect(await seen('Bearer', token, '')).toBe(LET_IN);
  });
});
