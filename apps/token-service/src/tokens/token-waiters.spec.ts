import { setImmediate as turn } from 'node:timers/promises';

import {
  AccessToken,
  CurrentTokens,
  instant,
  millis,
  SystemClock,
  toCredentialName,
  type CredentialName,
} from '#libs/tokens';
import { beforeEach, describe, expect, it } from 'vitest';

import { TokenWaiters } from './token-waiters.ts';
import { eventually } from '../../../../test/support/eventually.ts';

const NAME = toCredentialName('aem-dev') as CredentialName;
const LONG = millis(60_000);
let tokens: CurrentTokens;
let waiters: TokenWaiters;
let woken: string[];

/** Makes a token the current one. Returns its SHA-256. */
function adopt(generation: number, name = NAME): string {
  const token = new AccessToken(`token-${generation}`, instant(0), instant(86_400_000));
  tokens.adopt({ name, generation, token, version: 'v1' });
  return token.sha256;
}

const wait = (sha256: string, who = 'waiter', limit = LONG): (() => void) =>
  waiters.wait(NAME, sha256, limit, () => woken.push(who));
const until = (count: number): Promise<number> =>
  eventually(
    async () => woken.length,
    (length) => length >= count,
  );

beforeEach(() => {
  tokens = new CurrentTokens(new SystemClock());
  waiters = new TokenWaiters(tokens);
  woken = [];
});

describe('TokenWaiters', () => {
  it('ends a wait when the token of its credential changes, and no wait of another credential', async () => {
    const first = adopt(1);
    wait(first);
    waiters.wait(toCredentialName('other') as CredentialName, first, LONG, () => woken.push('other'));
    adopt(2);
    await until(1);
    expect([woken, waiters.size]).toEqual([['waiter'], 1]);
  });

  it('keeps a wait when the same token comes again with another generation', async () => {
    const sha256 = adopt(1);
    wait(sha256);
    const record = tokens.get(NAME)?.cached?.record;
    if (record) tokens.adopt({ ...record, generation: 2 });
    await turn();
    await turn();
    expect([woken, waiters.size]).toEqual([[], 1]);
  });

  it('ends a wait when the credential is removed', async () => {
    wait(adopt(1));
    tokens.forget(NAME, 2);
    await until(1);
    expect(waiters.size).toBe(0);
  });

  it('ends a wait after its limit', async () => {
    wait(adopt(1), 'waiter', millis(1));
    await until(1);
    expect(waiters.size).toBe(0);
  });

  it('cancels a wait, even between the change and the waking', async () => {
    const first = adopt(1);
    const cancel = wait(first, 'early');
    const cancelLate = wait(first, 'late');
    wait(first, 'patient');
    cancel();
    cancel();
    expect(waiters.size).toBe(2);
    adopt(2);
    cancelLate();
    await until(1);
    expect([woken, waiters.size]).toEqual([['patient'], 0]);
  });

  it('ends thousands of waits in batches, so that other work gets a turn', async () => {
    const first = adopt(1);
    for (let each = 0; each < 5_000; each += 1) wait(first);
    adopt(2);
    let turns = 0;
    while (woken.length < 5_000) {
      await turn();
      turns += 1;
    }
    expect(turns).toBeGreaterThanOrEqual(50);
    expect(waiters.size).toBe(0);
  });

  it('ends all waits at the shutdown, and each later wait at once', async () => {
    const first = adopt(1);
    wait(first, 'before');
    waiters.onModuleDestroy();
    wait(first, 'after');
    await until(2);
    expect([woken, waiters.isClosed]).toEqual([['before', 'after'], true]);
  });
});
