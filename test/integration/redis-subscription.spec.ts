import { afterEach, beforeEach, expect, it } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { Redis } from 'ioredis';

import { recordOf } from '../support/store-fixtures.ts';
import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { BlackholeProxy } from '../support/redis-blackhole-proxy.ts';
import { toCredentialName, type CredentialName } from '#libs/tokens';
import { SEALING_KEY } from '../support/sealing-key.ts';

const sealingKeys = SealingKeys.parse(SEALING_KEY);
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

/** Publishes until the other store gets a hint. */
async function publishUntilHint(publisher: RedisTokenStore, hints: () => number): Promise<void> {
  const before = hints();
  let generation = Date.now() % 1_000_000;
  await eventually(
    async () => {
      await publisher.publish(recordOf(NAME, (generation += 1)));
      return hints();
    },
    (count) => count > before,
  );
}

it('RedisSubscription reconnects when its connection is dead but not closed', async () => {
  const proxy = await BlackholeProxy.start(redis.port);
  const [listener, publisher] = [storeAt(`redis://127.0.0.1:${proxy.port}`), storeAt(redis.url)];
  let hints = 0;
  listener.watch(() => (hints += 1));
  await publishUntilHint(publisher, () => hints);
  proxy.blackhole();
  await publishUntilHint(publisher, () => hints);
  expect(hints).toBeGreaterThanOrEqual(2);
  proxy.close();
});

it('RedisSubscription subscribes again after an ACL refused the channel', async () => {
  const admin = new Redis(redis.url);
  await admin.call('ACL', 'SETUSER', 'listener', 'on', '>pass', '~*', '+@all', 'resetchannels');
  const listener = storeAt(`redis://listener:pass@127.0.0.1:${redis.port}`);
  let hints = 0;
  listener.watch(() => (hints += 1));
  await listener.list();
  await admin.call('ACL', 'SETUSER', 'listener', '&t:changes');
  await publishUntilHint(storeAt(redis.url), () => hints);
  expect(hints).toBeGreaterThanOrEqual(1);
  admin.disconnect();
});
