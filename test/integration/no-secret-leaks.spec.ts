import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Redis } from 'ioredis';

import { jwtCaller } from '../support/workload.ts';
import { OidcIssuer } from '../support/oidc-issuer.ts';
import { RedisServer } from '../support/redis-server.ts';
import { eventually } from '../support/eventually.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { sendSecretsEverywhere } from './secrets-everywhere.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';

const KEY = SEALING_KEY.replace('k1:', '');

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let redis: RedisServer;
let issuer: OidcIssuer;
let service: RunningService;
/** Every secret there is, by what it is; nothing may show any of them where it does not belong. */
const secrets = new Map<string, string>([
  ['caller key', DEMO_KEY],
  ['encryption key', KEY],
]);
/** Every answer but the tokens themselves. */
const answers: string[] = [];

const remember = async (answer: Response): Promise<Response> => {
  answers.push(`${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.clone().text()}`);
  return answer;
};

const ask = async (path: string, headers?: Record<string, string>): Promise<Response> =>
  remember(await service.get(path, headers));

const digest = (text: string): string => hash('sha256', text, 'hex');
const tokenOf = async (name: string): Promise<string> => {
  const token = await (await service.get(`/v1/tokens/${name}`, { accept: 'text/plain' })).text();
  expect(token.length).toBeGreaterThan(100);
  secrets.set(`token of ${name} ${secrets.size}`, token);
  return token;
};

function rememberSecretsOf(document: string, label: string): void {
  const visit = (value: unknown): void => {
    if (typeof value === 'object' && value !== null)
      Object.entries(value).forEach(([key, inner]) => take(key, inner));
  };
  const take = (key: string, value: unknown): void => {
    if (typeof value === 'string' && /secret|privateKey|accessToken/i.test(key))
      secrets.set(`${label} ${key}`, value);
    else if (Array.isArray(value) && /secret/i.test(key)) value.forEach((item) => take(key, item));
    else visit(value);
  };
  visit(JSON.parse(document));
}

beforeAll(async () => {
  [issuer, redis] = await Promise.all([OidcIssuer.start(), RedisServer.start()]);
  workplace = await makeWorkplace(`callers:
  - { name: demo, apiKeySha256: ["${digest(DEMO_KEY)}"], tokens: ["*"], permissions: [read, refresh, status, revoke] }
  - ${jwtCaller(issuer.issuer)}
`);
  for (const kind of ['jwt', 'oauth', 'local']) {
    rememberSecretsOf(await workplace.addCredential(`aem-${kind}`, { kind }), kind);
  }
  // One whose secret IMS refuses, and one that is cut off in the middle of its private key.
  const refused = await workplace.addCredential('aem-refused');
  await workplace.store(
    'aem-refused',
    refused.replace(/"clientSecret":\s*"[^"]+"/, '"clientSecret":"p8e-marked-wrong"'),
  );
  secrets.set('refused secret', 'p8e-marked-wrong');
  const cut = await workplace.addCredential('aem-cut');
  rememberSecretsOf(cut, 'cut');
  await workplace.store('aem-cut', cut.slice(0, cut.indexOf('PRIVATE KEY') + 200));
  service = await workplace.startService({
    REDIS_URL: redis.url,
    TOKEN_ENCRYPTION_KEYS: SEALING_KEY,
    LOG_LEVEL: 'trace',
  });
  await ready(service);
});

afterAll(async () => {
  await workplace.close();
  await Promise.all([redis.stop(), issuer.close()]);
});

async function valueOf(client: Redis, key: string): Promise<unknown> {
  const type = await client.type(key);
  if (type === 'hash') return client.hgetall(key);
  if (type === 'zset') return client.zrange(key, '0', '-1');
  // Gone by now, such as a lease.
  return type === 'none' ? null : client.get(key);
}

async function everythingInRedis(): Promise<string[]> {
  const client = new Redis(redis.url);
  try {
    const keys = await client.keys('*');
    const values = await Promise.all(keys.map((key) => valueOf(client, key)));
    return [...keys, JSON.stringify(values)];
  } finally {
    client.disconnect();
  }
}

/** A secret as such, or the longest line of a PEM: reformatting must not hide it. */
const traceOf = (secret: string): string =>
  secret.split(/\r?\n|\\r\\n/).reduce((longest, line) => (line.length > longest.length ? line : longest));

describe('no secret leaves the service', () => {
  it('in a log line, an answer, a metric or Redis', async () => {
    for (const name of ['aem-jwt', 'aem-oauth', 'aem-local']) await tokenOf(name);
    await eventually(
      async () => service.logLines.join(''),
      (log) => log.includes('ims_invalid_client_secret'),
    );
    await sendSecretsEverywhere({ service, issuer, secrets, remember, tokenOf });
    await ask('/v1/tokens/aem-refused');
    await ask('/v1/tokens/aem-cut');
    await ask('/v1/status');
    await ask('/metrics');
    await ask('/v1/tokens/aem-jwt?min_ttl=x', { authorization: `Basic ${btoa(`demo:${DEMO_KEY}`)}` });
    await ask('/v1/tokens/aem-jwt', { authorization: `Basic ${btoa(`someone:${DEMO_KEY}`)}` });
    await ask(`/v1/tokens/${DEMO_KEY}`, { authorization: `Digest ${DEMO_KEY}` });
    await ask('/readyz');
    expect(secrets.size).toBeGreaterThan(15);
    expect(answers.length).toBeGreaterThan(60);
    for (const event of ['requested', 'reported', 'revoked']) {
      await eventually(
        async () => service.logLines.join(''),
        (log) => log.includes(`"event":"token.${event}"`),
      );
    }
    const places = {
      log: service.logLines.filter((line) => !line.includes(`"credential":"${DEMO_KEY}"`)).join(''),
      answers: answers.join('\n'),
      redis: (await everythingInRedis()).join('\n'),
    };
    expect(places.redis).toContain('sealed');
    for (const [label, secret] of secrets) {
      for (const [place, text] of Object.entries(places)) {
        expect(text.includes(traceOf(secret)), `${label} in ${place}`).toBe(false);
      }
    }
  });
});
