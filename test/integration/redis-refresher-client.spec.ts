import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisRefresherClient, SealingKeys } from '#libs/token-stores';
import { millis, seconds, type RefresherRequest } from '#libs/tokens';
import { Redis } from 'ioredis';

import { nameOf } from '../support/store-fixtures.ts';
import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { sealingKeyOf } from '../support/sealing-key.ts';

const keyOf = (byte: number): SealingKeys => SealingKeys.parse(sealingKeyOf(String(byte)));
const POLL_NOW = { type: 'look-now' } as const;
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

function connect(keyPrefix: string, sealingKeys = keyOf(1)): RedisRefresherClient {
  const refresher = new RedisRefresherClient({ address: parseRedisUrl(redis.url), keyPrefix, sealingKeys });
  open.push(refresher);
  return refresher;
}

/** Redis drops a message without a subscriber, so this repeats the request until both ends have connected. */
const sendUntilAnswered = (client: RedisRefresherClient): Promise<unknown> =>
  eventually(
    () => client.send(POLL_NOW, millis(200)),
    (answer) => answer !== null,
  );

describe('RedisRefresherClient', () => {
  it('passes a request to one of three refreshers', async () => {
    let answered = 0;
    const answer = async () => {
      answered += 1;
      return { type: 'done' } as const;
    };
    for (let each = 0; each < 3; each += 1) connect('one').handleWith(answer);
    const client = connect('one');
    await sendUntilAnswered(client);
    await eventually(
      async () => {
        answered = 0;
        await client.send(POLL_NOW, AMPLE);
        return answered;
      },
      (count) => count === 1,
    );
    expect(await client.send(POLL_NOW, AMPLE)).toEqual({ type: 'done' });
    expect(answered).toBe(2);
  });

  it('carries reports and revocations with their responses', async () => {
    const client = connect('reports');
    const heard: RefresherRequest[] = [];
    const replaced = { type: 'report-answered', outcome: 'replaced', retryAfter: null } as const;
    const revoked = {
      type: 'revocation-answered',
      outcome: 'failed',
      retryAfter: seconds(5),
      currentSha256: 'cd'.repeat(32),
    } as const;
    connect('reports').handleWith(async (request) => {
      heard.push(request);
      if (request.type === 'look-now') return { type: 'done' };
      return request.type === 'report-token' ? replaced : revoked;
    });
    await sendUntilAnswered(client);
    const about = { name: nameOf('aem-dev'), tokenSha256: 'ab'.repeat(32), caller: 'catalog-sync' };
    expect(await client.send({ type: 'report-token', ...about }, AMPLE)).toEqual(replaced);
    expect(await client.send({ type: 'revoke-token', ...about }, AMPLE)).toEqual(revoked);
    expect(heard.slice(-2)).toEqual([
      { type: 'report-token', ...about },
      { type: 'revoke-token', ...about },
    ]);
  });

  it('handles requests concurrently', async () => {
    const client = connect('queue');
    const { promise: end, resolve } = Promise.withResolvers<void>();
    connect('queue').handleWith(async (request) => {
      if (request.type === 'look-now') return { type: 'done' };
      await end;
      return { type: 'report-answered', outcome: 'superseded', retryAfter: null };
    });
    await sendUntilAnswered(client);
    const about = { name: nameOf('aem-dev'), tokenSha256: 'ab'.repeat(32), caller: 'catalog-sync' };
    const slow = client.send({ type: 'report-token', ...about }, AMPLE);
    expect(await client.send(POLL_NOW, AMPLE)).toEqual({ type: 'done' });
    resolve();
    expect(await slow).toMatchObject({ outcome: 'superseded' });
  });

  it.each([
    { name: 'not a name', tokenSha256: 'ab'.repeat(32) },
    { name: 'aem-dev', tokenSha256: 'AB'.repeat(32) },
    { name: 'aem-dev', tokenSha256: 'ab' },
  ])('drops a request with invalid fields: %j', async (about) => {
    const client = connect('odd');
    let answered = 0;
    connect('odd').handleWith(async () => {
      answered += 1;
      return { type: 'done' };
    });
    await sendUntilAnswered(client);
    const before = answered;
    const odd = { type: 'report-token', caller: 'c', ...about } as unknown as RefresherRequest;
    expect(await client.send(odd, millis(200))).toBeNull();
    expect(answered).toBe(before);
  });

  it('resolves to null at the timeout without a refresher', async () => {
    expect(await connect('alone').send(POLL_NOW, millis(50))).toBeNull();
  });

  it('drops requests sealed with another key, and replayed requests', async () => {
    let answered = 0;
    const client = connect('sealed');
    connect('sealed').handleWith(async () => {
      answered += 1;
      return { type: 'done' };
    });
    const spy = new Redis(redis.url);
    const heard: string[] = [];
    spy.on('message', (_channel, message: string) => heard.push(message));
    await spy.subscribe('sealed:questions');
    await sendUntilAnswered(client);
    expect(heard.join('')).not.toContain('look-now');
    expect(await connect('sealed', keyOf(2)).send(POLL_NOW, millis(200))).toBeNull();
    const before = answered;
    const attacker = new Redis(redis.url);
    for (const message of heard.slice()) await attacker.publish('sealed:questions', message);
    expect(await client.send(POLL_NOW, AMPLE)).toEqual({ type: 'done' });
    expect(answered).toBe(before + 1);
    spy.disconnect();
    attacker.disconnect();
  });

  it.each([-3_600_000, -61_000, 61_000, 3_600_000])(
    'answers a client whose clock differs by %d ms',
    async (difference) => {
      const keyPrefix = `clock${difference}`;
      connect(keyPrefix).handleWith(async () => ({ type: 'done' }));
      const client = connect(keyPrefix);
      await sendUntilAnswered(client);
      const now = Date.now.bind(Date);
      const sent = vi.spyOn(Date, 'now').mockImplementation(() => now() + difference);
      const answer = client.send(POLL_NOW, AMPLE);
      sent.mockRestore();
      expect(await answer).toEqual({ type: 'done' });
    },
  );

  it('drops a replayed request whose claim was deleted', async () => {
    let answered = 0;
    const client = connect('deleted');
    connect('deleted').handleWith(async () => {
      answered += 1;
      return { type: 'done' };
    });
    const spy = new Redis(redis.url);
    const heard: string[] = [];
    spy.on('message', (_channel, message: string) => heard.push(message));
    await spy.subscribe('deleted:questions');
    await sendUntilAnswered(client);
    const attacker = new Redis(redis.url);
    const before = answered;
    await attacker.del(...(await attacker.keys('deleted:question:*')));
    for (const message of heard.slice()) await attacker.publish('deleted:questions', message);
    expect(await client.send(POLL_NOW, AMPLE)).toEqual({ type: 'done' });
    expect(answered).toBe(before + 1);
    spy.disconnect();
    attacker.disconnect();
  });

  it('resolves to null while Redis is down', async () => {
    const client = connect('down');
    await redis.kill();
    expect(await client.send(POLL_NOW, millis(100))).toBeNull();
    await redis.restart();
  });
});
