import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseRedisUrl, RedisRefresherClient, SealingKeys } from '#libs/token-stores';
import { millis, seconds, type RefresherRequest } from '#libs/tokens';
import { Redis } from 'ioredis';

import { nameOf } from '../support/store-fixtures.ts';
import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';

const keyOf = (byte: number): SealingKeys =>
  SealingKeys.parse(`k1:${Buffer.alloc(32, byte).toString('base64')}`);
const LOOK = { type: 'look-now' } as const;
const AMPLE = millis(30_000);

let redis: RedisServer;
const open: RedisRefresherClient[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
});

afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  await redis.stop();
});

function line(keyPrefix: string, sealingKeys = keyOf(1)): RedisRefresherClient {
  const refresher = new RedisRefresherClient({ address: parseRedisUrl(redis.url), keyPrefix, sealingKeys });
  open.push(refresher);
  return refresher;
}

/** Pub/sub forgets what nobody hears, so ask until both ends have connected. */
const askUntilAnswered = (asker: RedisRefresherClient): Promise<unknown> =>
  eventually(
    () => asker.send(LOOK, millis(200)),
    (answer) => answer !== null,
  );

describe('questions over Redis', () => {
  it('are answered by one of those who answer', async () => {
    let answered = 0;
    const answer = async () => {
      answered += 1;
      return { type: 'done' } as const;
    };
    for (let each = 0; each < 3; each += 1) line('one').handleWith(answer);
    const asker = line('one');
    await askUntilAnswered(asker);
    await eventually(
      async () => {
        answered = 0;
        await asker.send(LOOK, AMPLE);
        return answered;
      },
      (count) => count === 1,
    );
    expect(await asker.send(LOOK, AMPLE)).toEqual({ type: 'done' });
    expect(answered).toBe(2);
  });

  it('carry reports and revocations, and what became of them', async () => {
    const asker = line('word');
    const heard: RefresherRequest[] = [];
    const replaced = { type: 'report-answered', outcome: 'replaced', retryAfter: null } as const;
    const revoked = {
      type: 'revocation-answered',
      outcome: 'failed',
      retryAfter: seconds(5),
      currentSha256: 'cd'.repeat(32),
    } as const;
    line('word').handleWith(async (request) => {
      heard.push(request);
      if (request.type === 'look-now') return { type: 'done' };
      return request.type === 'report-token' ? replaced : revoked;
    });
    await askUntilAnswered(asker);
    const about = { name: nameOf('aem-dev'), tokenSha256: 'ab'.repeat(32), caller: 'catalog-sync' };
    expect(await asker.send({ type: 'report-token', ...about }, AMPLE)).toEqual(replaced);
    expect(await asker.send({ type: 'revoke-token', ...about }, AMPLE)).toEqual(revoked);
    expect(heard.slice(-2)).toEqual([
      { type: 'report-token', ...about },
      { type: 'revoke-token', ...about },
    ]);
  });

  it('do not wait for one another', async () => {
    const asker = line('queue');
    const { promise: end, resolve } = Promise.withResolvers<void>();
    line('queue').handleWith(async (request) => {
      if (request.type === 'look-now') return { type: 'done' };
      await end;
      return { type: 'report-answered', outcome: 'superseded', retryAfter: null };
    });
    await askUntilAnswered(asker);
    const about = { name: nameOf('aem-dev'), tokenSha256: 'ab'.repeat(32), caller: 'catalog-sync' };
    const slow = asker.send({ type: 'report-token', ...about }, AMPLE);
    expect(await asker.send(LOOK, AMPLE)).toEqual({ type: 'done' });
    resolve();
    expect(await slow).toMatchObject({ outcome: 'superseded' });
  });

  it.each([
    { name: 'not a name', tokenSha256: 'ab'.repeat(32) },
    { name: 'aem-dev', tokenSha256: 'AB'.repeat(32) },
    { name: 'aem-dev', tokenSha256: 'ab' },
  ])('are nobody\u2019s where they name what cannot be: %j', async (about) => {
    const asker = line('odd');
    let answered = 0;
    line('odd').handleWith(async () => {
      answered += 1;
      return { type: 'done' };
    });
    await askUntilAnswered(asker);
    const before = answered;
    const odd = { type: 'report-token', caller: 'c', ...about } as unknown as RefresherRequest;
    expect(await asker.send(odd, millis(200))).toBeNull();
    expect(answered).toBe(before);
  });

  it('end without an answer where nobody listens, in time', async () => {
    expect(await line('nobody').send(LOOK, millis(50))).toBeNull();
  });

  it('are not answered to who has another key, nor once more to who replays them', async () => {
    let answered = 0;
    const asker = line('sealed');
    line('sealed').handleWith(async () => {
      answered += 1;
      return { type: 'done' };
    });
    const spy = new Redis(redis.url);
    const heard: string[] = [];
    spy.on('message', (_channel, message: string) => heard.push(message));
    await spy.subscribe('sealed:questions');
    await askUntilAnswered(asker);
    expect(heard.join('')).not.toContain('look-now');
    expect(await line('sealed', keyOf(2)).send(LOOK, millis(200))).toBeNull();
    const before = answered;
    const attacker = new Redis(redis.url);
    for (const message of heard.slice()) await attacker.publish('sealed:questions', message);
    expect(await asker.send(LOOK, AMPLE)).toEqual({ type: 'done' });
    expect(answered).toBe(before + 1);
    spy.disconnect();
    attacker.disconnect();
  });

  it('never reject while Redis is down', async () => {
    const asker = line('down');
    await redis.kill();
    expect(await asker.send(LOOK, millis(100))).toBeNull();
    await redis.restart();
  });
});
