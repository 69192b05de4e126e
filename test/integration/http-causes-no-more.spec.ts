import { hash } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';

/** Far more than it takes. */
const ROUNDS = 200;
const CALLERS = 8;
const digest = (text: string): string => hash('sha256', text, 'hex');
const keyOf = (caller: number): string => `key-of-caller-${caller}`;
const callersFile = `callers:
  - { name: demo, apiKeySha256: ["${digest(DEMO_KEY)}"], permissions: [status] }
${Array.from(
  { length: CALLERS },
  (_, caller) =>
    `  - { name: caller-${caller}, apiKeySha256: ["${digest(keyOf(caller))}"], tokens: ["*"], permissions: [read, refresh, revoke] }`,
).join('\n')}
`;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let redis: RedisServer;
let services: RunningService[];

beforeAll(async () => {
  [workplace, redis] = await Promise.all([makeWorkplace(callersFile), RedisServer.start()]);
  for (const name of ['aem-stormy', 'aem-calm']) await workplace.addCredential(name);
  const shared = {
    REDIS_URL: redis.url,
    TOKEN_ENCRYPTION_KEYS: SEALING_KEY,
  };
  services = [await workplace.startService(shared), await workplace.startService(shared)];
  await Promise.all(services.map(ready));
});
afterAll(async () => {
  await workplace.close();
  await redis.stop();
});

const at = (index: number): RunningService => {
  const service = services[index % services.length];
  if (service === undefined) throw new Error('no replica');
  return service;
};
const as = (caller: number) => ({ authorization: `Bearer ${keyOf(caller % CALLERS)}` });
const get = (index: number, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${at(index).origin}/v1/tokens/${path}`, { headers: { ...as(index), ...headers } });
const say = (index: number, path: string, sha256: string): Promise<Response> =>
  fetch(`${at(index).origin}/v1/tokens/${path}`, {
    method: 'POST',
    headers: { ...as(index), 'content-type': 'application/json' },
    body: JSON.stringify({ token_sha256: sha256 }),
  });
const oauth = (index: number, scope: string): Promise<Response> =>
  fetch(`${at(index).origin}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope,
      client_id: `caller-${index % CALLERS}`,
      client_secret: keyOf(index % CALLERS),
    }),
  });
const currentSha256 = async (index: number, name: string): Promise<string> =>
  digest(await (await get(index, name, { accept: 'text/plain' })).text());

/** How many tokens IMS issued, to whichever client. */
async function issued(): Promise<number> {
  const answer = await workplace.control('GET', '/requests');
  const { byClient } = (await answer.json()) as { byClient: Record<string, { issued: number }> };
  return Object.values(byClient).reduce((sum, client) => sum + client.issued, 0);
}

const left = async (index: number, name: string): Promise<number> => {
  const metrics = await (await at(index).get('/metrics')).text();
  return Number(
    new RegExp(`^ims_token_exchange_budget_remaining\\{credential="${name}"\\} (\\d+)$`, 'm').exec(
      metrics,
    )?.[1],
  );
};

it('a report reduces the remaining exchanges at every replica by one', async () => {
  expect([await left(0, 'aem-calm'), await left(1, 'aem-calm')]).toEqual([12, 12]);
  await eventually(
    async () => (await say(0, 'aem-calm/refresh', await currentSha256(0, 'aem-calm'))).status,
    (status) => status === 200,
  );
  for (const index of [0, 1]) {
    await eventually(
      () => left(index, 'aem-calm'),
      (count) => count === 11,
    );
  }
});

it('IMS issues at most twelve more tokens an hour for reports and twelve for revocations, by all replicas and routes together', async () => {
  const before = await issued();
  const name = 'aem-stormy';
  const seen = [await currentSha256(0, name)];
  for (let round = 0; round < ROUNDS; round += 1) {
    const current = await currentSha256(round, name);
    const earlier = seen.at(-2) ?? current;
    seen.push(current);
    const requests = Array.from({ length: CALLERS }, (_, index) => {
      const who = round + index;
      return [
        say(who, `${name}/refresh`, current),
        say(who + 1, `${name}/refresh`, index % 2 === 0 ? earlier : digest(`unknown-${round}`)),
        // One caller after another gets its turn to revoke what is current; the others name what is not.
        say(who, `${name}/revoke`, index === round % CALLERS ? current : digest(`leaked-${round}`)),
        get(who, `${name}?min_ttl=${86_000 + index}`),
        get(who, `${name}?wait=1`, { 'if-none-match': `W/"${current}"` }),
        oauth(who, name),
        oauth(who, 'nobody-has-this'),
        get(who, 'nobody-has-this'),
      ];
    });
    const statuses = (await Promise.all(requests.flat())).map(({ status }) => status);
    expect(statuses.filter((status) => ![200, 202, 304, 400, 404, 429, 503].includes(status))).toEqual([]);
    const spent = (await issued()) - before;
    expect(spent).toBeLessThanOrEqual(24);
    if (spent === 24) break;
  }
  expect((await issued()) - before).toBe(24);
  const last = await currentSha256(0, name);
  for (let caller = 0; caller < CALLERS; caller += 1) {
    for (const verb of ['refresh', 'revoke']) {
      const answer = await say(caller * 2, `${name}/${verb}`, last);
      expect([answer.status, ((await answer.json()) as { code: unknown }).code]).toEqual([
        429,
        'budget_exhausted',
      ]);
    }
  }
  expect((await issued()) - before).toBe(24);
  expect(await currentSha256(0, name)).toBe(last);
  for (const index of [0, 1]) {
    await eventually(
      () => left(index, name),
      (count) => count === 0,
    );
  }
}, 120_000);
