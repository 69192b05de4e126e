import { hash } from 'node:crypto';
import { EventEmitter } from 'node:events';

import {
  AccessToken,
  CurrentTokens,
  instant,
  seconds,
  SystemClock,
  toCredentialName,
  toMillis,
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
    route.adopt(2);
    const answer = await response;
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain('token-2');
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

it('LongPolls accepts 16,384 waiting requests and refuses the next one', () => {
  const clock = new SystemClock();
  const tokens = new CurrentTokens(clock);
  const now = clock.now();
  const token = new AccessToken('token', now, instant(now + 86_400_000));
  tokens.adopt({ name: toCredentialName('aem-dev') as CredentialName, generation: 1, token, version: 'v1' });
  const cached = tokens.get('aem-dev')?.cached;
  if (!cached) throw new Error('there is no token to wait with');
  const polls = new LongPolls({ waiters: new TokenWaiters(tokens), clock });
  const delayOne = (): boolean => {
    const reply = { raw: new EventEmitter() } as unknown as FastifyReply;
    const poll: LongPoll = { reply, wait: null };
    return polls.delay(poll, cached, seconds(60), () => undefined);
  };
  for (let waiting = 0; waiting < 16_384; waiting += 1) expect(delayOne()).toBe(true);
  expect(delayOne).toThrow('16384');
});
