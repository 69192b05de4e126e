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

import { LongPolls, type Poll } from '../../apps/token-service/src/tokens/long-polls.ts';
import { TokenWaiters } from '../../apps/token-service/src/tokens/token-waiters.ts';
import { jwtCaller } from '../support/workload.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { OidcIssuer } from '../support/oidc-issuer.ts';
import { makeTokenRoute } from './support/token-route.ts';

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

describe('whoever waits for another token', () => {
  it('is refused on waking where the JWT expired meanwhile', async () => {
    const clock = new ManualClock();
    const issuer = await OidcIssuer.start(() => clock.now());
    closers.push(() => issuer.close());
    const callers = `callers: [${jwtCaller(issuer.issuer)}]`;
    const route = await start({ callers, callersClock: clock });
    const asked = route.poll(await issuer.token());
    await route.untilWaiting(1);
    clock.advance(toMillis(seconds(631)));
    route.adopt(2);
    const answer = await asked;
    expect([answer.status, answer.body]).toEqual([401, expect.stringContaining('has expired')]);
    expect(answer.body).not.toContain('token-2');
  });

  it.each([
    ['the permission was taken away', caller('status'), 403],
    ['the key was withdrawn', caller('read').replace(digest, 'a'.repeat(64)), 401],
    ['the name was taken away', caller('read').replace('aem-*', 'other'), 403],
  ])('is refused on waking where %s meanwhile', async (_what, changed, status) => {
    const route = await start({ callers: caller('read') });
    const asked = route.poll('key');
    await route.untilWaiting(1);
    await route.changeCallers(changed);
    route.adopt(2);
    const answer = await asked;
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain('token-2');
  });

  it('hears that the credential was removed meanwhile', async () => {
    const route = await start({ callers: caller('read') });
    const asked = route.poll('key');
    await route.untilWaiting(1);
    route.forget(2);
    expect((await asked).status).toBe(404);
  });

  it('is refused where as many wait as this process keeps, until one of them has left', async () => {
    const route = await start({ callers: caller('read'), mostAtOnce: 2 });
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

it('16,384 may wait in a process, and nobody more', () => {
  const clock = new SystemClock();
  const tokens = new CurrentTokens(clock);
  const now = clock.now();
  const token = new AccessToken('token', now, instant(now + 86_400_000));
  tokens.adopt({ name: toCredentialName('aem-dev') as CredentialName, generation: 1, token, version: 'v1' });
  const held = tokens.get('aem-dev')?.cached;
  if (!held) throw new Error('there is no token to wait with');
  const polls = new LongPolls(new TokenWaiters(tokens), clock);
  const hold = (): boolean => {
    const reply = { raw: new EventEmitter() } as unknown as FastifyReply;
    const poll: Poll = { reply, holding: null };
    return polls.hold(poll, held, seconds(60), () => undefined);
  };
  for (let waiting = 0; waiting < 16_384; waiting += 1) expect(hold()).toBe(true);
  expect(hold).toThrow('16384');
});
