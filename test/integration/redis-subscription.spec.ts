import { afterEach, beforeEach, expect, it } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { Redis } from 'ioredis';

import { recordOf } from '../support/store-fixtures.ts';
import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { Cable } from '../support/redis-cable.ts';
import { toCredentialName, type CredentialName } from '#libs/tokens';

const sealingKeys = SealingKeys.parse(`k1:${Buffer.alloc(32, 3).toString('base64')}`);
const NAME = toCredentialName('aem-dev') as CredentialName;

let redis: RedisServer;
const open: RedisTokenStore[] = [];

beforeEach(async () => {
  redis = await RedisServer.start();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
  await redis.stop();
});

function storeAt(url: string): RedisTokenStore {
  const store = new RedisTokenStore({ address: parseRedisUrl(url), keyPrefix: 't', sealingKeys });
  open.push(store);
  return store;
}

/** Publishes on and on until the other store hears of it. */
async function untilHeard(publisher: RedisTokenStore, heard: () => number): Promise<void> {
  const before = heard();
  let generation = Date.now() % 1_000_000;
  await eventually(
    async () => {
      await publisher.publish(recordOf(NAME, (generation += 1)));
      return heard();
    },
    (count) => count > before,
  );
}

it('a subscription whose connection is gone without a word is made anew', async () => {
  const cable = await Cable.to(redis.port);
  const [listener, publisher] = [storeAt(`redis://127.0.0.1:${cable.port}`), storeAt(redis.url)];
  let hints = 0;
  listener.watch(() => (hints += 1));
  await untilHeard(publisher, () => hints);
  cable.cut();
  await untilHeard(publisher, () => hints);
  expect(hints).toBeGreaterThanOrEqual(2);
  cable.remove();
});

it('a subscription that was refused is asked for again', async () => {
  const admin = new Redis(redis.url);
  await admin.call('ACL', 'SETUSER', 'listener', 'on', '>pass', '~*', '+@all', 'resetchannels');
  const listener = storeAt(`redis://listener:pass@127.0.0.1:${redis.port}`);
  let hints = 0;
  listener.watch(() => (hints += 1));
  await listener.list();
  await admin.call('ACL', 'SETUSER', 'listener', '&t:changes');
  await untilHeard(storeAt(redis.url), () => hints);
  expect(hints).toBeGreaterThanOrEqual(1);
  admin.disconnect();
});
