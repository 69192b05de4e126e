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

import { TokenWaiters } from '../../apps/token-service/src/tokens/token-waiters.ts';
import { eventually } from '../support/eventually.ts';

const NAME = toCredentialName('aem-dev') as CredentialName;
const LONG = millis(60_000);
let tokens: CurrentTokens;
let waiters: TokenWaiters;
let woken: string[];

/** Makes a token the current one, and says its SHA-256. */
function adopt(generation: number, name = NAME): string {
  const token = new AccessToken(`token-${generation}`, instant(0), instant(86_400_000));
  tokens.adopt({ name, generation, token, version: 'v1' });
  return token.sha256;
}

const wait = (sha256: string, who = 'somebody', limit = LONG): (() => void) =>
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

describe('waiting for another token', () => {
  it('ends when there is one, and for those of other credentials it does not', async () => {
    const first = adopt(1);
    wait(first);
    waiters.wait(toCredentialName('other') as CredentialName, first, LONG, () => woken.push('other'));
    adopt(2);
    await until(1);
    expect([woken, waiters.size]).toEqual([['somebody'], 1]);
  });

  it('goes on when the same token comes again under another generation', async () => {
    const sha256 = adopt(1);
    wait(sha256);
    const held = tokens.get(NAME)?.cached?.record;
    if (held) tokens.adopt({ ...held, generation: 2 });
    await turn();
    await turn();
    expect([woken, waiters.size]).toEqual([[], 1]);
  });

  it('ends when the credential is removed', async () => {
    wait(adopt(1));
    tokens.forget(NAME, 2);
    await until(1);
    expect(waiters.size).toBe(0);
  });

  it('ends after its limit', async () => {
    wait(adopt(1), 'somebody', millis(1));
    await until(1);
    expect(waiters.size).toBe(0);
  });

  it('can be called off, even between the change and the waking', async () => {
    const first = adopt(1);
    const callOff = wait(first, 'early');
    const callOffLate = wait(first, 'late');
    wait(first, 'patient');
    callOff();
    callOff();
    expect(waiters.size).toBe(2);
    adopt(2);
    callOffLate();
    await until(1);
    expect([woken, waiters.size]).toEqual([['patient'], 0]);
  });

  it('ends for thousands without keeping anybody else from a turn', async () => {
    const first = adopt(1);
    for (let each = 0; each < 5_000; each += 1) wait(first);
    adopt(2);
    let exchangeLease = 0;
    while (woken.length < 5_000) {
      await turn();
      exchangeLease += 1;
    }
    expect(exchangeLease).toBeGreaterThanOrEqual(50);
    expect(waiters.size).toBe(0);
  });

  it('ends for all at the shutdown, and for who comes then at once', async () => {
    const first = adopt(1);
    wait(first, 'before');
    waiters.close();
    wait(first, 'after');
    await until(2);
    expect([woken, waiters.isClosed]).toEqual([['before', 'after'], true]);
  });
});
