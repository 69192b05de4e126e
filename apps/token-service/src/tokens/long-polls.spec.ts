import { hash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { connect } from 'node:net';

import {
  AccessToken,
  CurrentTokens,
  instant,
  millis,
  seconds,
  SystemClock,
  toCredentialName,
  toMillis,
  type Clock,
  type CredentialName,
} from '#libs/tokens';
import type { FastifyReply } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';

import { LongPolls, type LongPoll } from './long-polls.ts';
import { TokenWaiters } from './token-waiters.ts';
import { jwtCaller } from '../../../../test/support/workload.ts';
import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { OidcIssuer } from '../../../../test/support/oidc-issuer.ts';
import { makeTokenRoute } from '../../../../test/support/token-route.ts';

const digest = hash('sha256', 'key', 'hex');
const caller = (permissions: string): string =>
  `callers: [{ name: shop, apiKeySha256: ["${digest}"], tokens: ["aem-*"], permissions: [${permissions}] }]`;

const closers: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

async function start(options: Parameters<typeof makeTokenRoute>[0]) {
  const route = await makeTokenRoute(options);
  closers.push(() => route.close());
  route.adopt(1);
  return route;
}

function currentToken(clock: Clock) {
  const tokens = new CurrentTokens(clock);
  const now = clock.now();
  const token = new AccessToken('token', now, instant(now + 86_400_000));
  tokens.adopt({ name: toCredentialName('aem-dev') as CredentialName, generation: 1, token, version: 'v1' });
  const cached = tokens.get('aem-dev')?.cached;
  if (!cached) throw new Error('there is no token to wait with');
  return { cached, tokens };
}

function newPoll(name: string): LongPoll {
  const reply = { raw: new EventEmitter() } as unknown as FastifyReply;
  return { reply, caller: name, wait: null };
}

describe('a long poll', () => {
  it('is refused when the JWT expires during the wait', async () => {
    const clock = new ManualClock();
    const issuer = await OidcIssuer.start(() => clock.now());
    closers.push(() => issuer.close());
    const callers = `callers: [${jwtCaller(issuer.issuer)}]`;
    const route = await start({ callers, callersClock: clock });
    const response = route.poll(await issuer.token());
    await route.untilWaiting(1);
    clock.advance(toMillis(seconds(631)));
    route.adopt(2);
    const answer = await response;
    expect([answer.status, answer.body]).toEqual([401, expect.stringContaining('has expired')]);
    expect(answer.body).not.toContain('token-2');
  });

  it.each([
    ['the permission is removed', caller('status'), 403],
    ['the key is removed', caller('read').replace(digest, 'a'.repeat(64)), 401],
    ['the credential name is removed from the caller', caller('read').replace('aem-*', 'other'), 403],
  ])('is refused when %s during the wait', async (_what, changed, status) => {
    const route = await start({ callers: caller('read') });
    const response = route.poll('key');
    await route.untilWaiting(1);
    await route.changeCallers(changed);
    // Without another token: the change of the callers file ends the wait.
    const answer = await response;
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain('token-2');
  });

  it('gets 401, and never 429, however many wait with the key that is removed', async () => {
    const route = await start({ callers: caller('read') });
    const responses = Array.from({ length: 40 }, () => route.poll('key'));
    await route.untilWaiting(40);
    await route.changeCallers(caller('read').replace(digest, 'a'.repeat(64)));
    const statuses = (await Promise.all(responses)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401]));
  });

  it('goes on when the callers file changes and its caller stays', async () => {
    const route = await start({ callers: caller('read') });
    const response = route.poll('key');
    await route.untilWaiting(1);
    await route.changeCallers(caller('read, status'));
    await route.untilWaiting(1);
    route.adopt(2);
    expect((await response).status).toBe(200);
  });

  it('gets 404 when the credential is removed during the wait', async () => {
    const route = await start({ callers: caller('read') });
    const response = route.poll('key');
    await route.untilWaiting(1);
    route.forget(2);
    expect((await response).status).toBe(404);
  });

  it('is refused while the maximum of long polls is open', async () => {
    const route = await start({ callers: caller('read'), maxLongPolls: 2 });
    const first = [route.poll('key'), route.poll('key')];
    await route.untilWaiting(2);
    const refused = await route.poll('key');
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([429, { code: 'rate_limited' }]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    route.adopt(2);
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
    const later = route.poll('key');
    await route.untilWaiting(1);
    route.adopt(3);
    expect((await later).status).toBe(200);
  });
});

it('LongPolls accepts 16,384 waiting requests of all callers and refuses the next one', () => {
  const clock = new SystemClock();
  const { cached, tokens } = currentToken(clock);
  const polls = new LongPolls({ waiters: new TokenWaiters(tokens), clock });
  let waiting = 0;
  const delayOne = (): boolean =>
    polls.delay(newPoll(`caller-${waiting}`), cached, seconds(60), () => undefined);
  for (; waiting < 16_384; waiting += 1) expect(delayOne()).toBe(true);
  expect(delayOne).toThrow('16384');
});

it('LongPolls leaves a quarter free when one caller opens all that it may, and some when two do', () => {
  const clock = new SystemClock();
  const { cached, tokens } = currentToken(clock);
  const polls = new LongPolls({ waiters: new TokenWaiters(tokens), clock, maxLongPolls: 1_600 });
  const delayOne = (caller: string): boolean =>
    polls.delay(newPoll(caller), cached, seconds(60), () => undefined);
  const openAll = (caller: string): number => {
    for (let opened = 0; ; opened += 1) {
      try {
        delayOne(caller);
      } catch {
        return opened;
      }
    }
  };
  expect([openAll('many'), openAll('more'), openAll('few')]).toEqual([1_200, 300, 75]);
  expect(() => delayOne('many')).toThrow('its share');
});

it('LongPolls accepts the wait of another caller when one has its share, and counts ended waits no more', async () => {
  const route = await start({
    callers: `callers:
  - { name: many, apiKeySha256: ["${digest}"], tokens: ["aem-*"] }
  - { name: few, apiKeySha256: ["${hash('sha256', 'few', 'hex')}"], tokens: ["aem-*"] }`,
    maxLongPolls: 4,
  });
  const first = ['key', 'key', 'key'].map((key) => route.poll(key));
  await route.untilWaiting(3);
  expect((await route.poll('key')).status).toBe(429);
  const other = route.poll('few');
  await route.untilWaiting(4);
  route.adopt(2);
  const statuses = (await Promise.all([...first, other])).map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 200, 200]);
  const again = route.poll('key');
  await route.untilWaiting(1);
  route.adopt(3);
  expect((await again).status).toBe(200);
});

it('LongPolls lets one request of a connection wait, and ends the wait with it', async () => {
  const route = await start({ callers: caller('read') });
  const port = await route.listen();
  const headers = Object.entries({ host: 'x', ...route.pollHeaders('key') });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const poll = `GET /v1/tokens/aem-dev?wait=60 HTTP/1.1\r\n${lines}\r\n`;
  for (let round = 0; round < 2; round += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.write(poll.repeat(9));
    // The service answers the requests of a connection one after another.
    expect(await route.untilWaiting(1)).toBe(1);
    socket.destroy();
    expect(await route.untilWaiting(0)).toBe(0);
  }
});

it.each([
  [seconds(60), 55_000],
  [seconds(56), 55_000],
  [seconds(55), 55_000],
  [seconds(50), 50_000],
])('LongPolls answers a wait of %s s after %s ms', async (limit, ms) => {
  const clock = new ManualClock();
  const { cached, tokens } = currentToken(clock);
  const polls = new LongPolls({ waiters: new TokenWaiters(tokens), clock });
  const poll = newPoll('shop');
  expect(polls.delay(poll, cached, limit, () => undefined)).toBe(true);
  clock.advance(millis(ms - 1));
  expect(polls.delay(poll, cached, limit, () => undefined)).toBe(true);
  clock.advance(millis(1));
  expect(polls.delay(poll, cached, limit, () => undefined)).toBe(false);
});
