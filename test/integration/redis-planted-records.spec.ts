import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { AccessToken, instant, later, millis, type ServingSide } from '#libs/tokens';

import { ManualClock } from '../fakes/manual-clock.ts';
import { RedisServer } from '../support/redis-server.ts';
import { servingSideOver } from '../support/serving-side.ts';
import { EVENTUALLY, nameOf, recordOf, statusRecordOf } from '../support/store-fixtures.ts';

const name = nameOf('aem-dev');
const CATALOG = 't:credentials';
const TOKEN_KEY = 't:{aem-dev}:token';
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
/** Every token is checked for loss within so many polls. */
const POLLS = 8;

type Process = ServingSide & { readonly store: RedisTokenStore; readonly ignored: Map<string, number> };

let server: RedisServer;
let admin: Redis;
const stores: RedisTokenStore[] = [];

function connect(keys = sealingKeys): Process {
  const ignored = new Map<string, number>();
  const store = new RedisTokenStore({
    address: parseRedisUrl(server.url),
    keyPrefix: 't',
    sealingKeys: keys,
    onIgnored: (kind, count) => void ignored.set(kind, (ignored.get(kind) ?? 0) + count),
  });
  stores.push(store);
  return { store, ignored, ...servingSideOver(store, new ManualClock()) };
}

async function pollRound({ sync }: ServingSide): Promise<void> {
  for (let poll = 0; poll < POLLS; poll += 1) expect(await sync.poll()).toBe(true);
}

/** A process that has published a token and a status record. */
async function published(): Promise<Process> {
  const holder = connect();
  await holder.sync.publish(recordOf(name, 3));
  await holder.sync.publishStatus(statusRecordOf(name));
  return holder;
}

beforeAll(async () => {
  server = await RedisServer.start();
  admin = new Redis(server.url);
});
beforeEach(async () => {
  await admin.flushall();
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

describe('A record in Redis without the authentication of a process', () => {
  const planted = (fields: object): string => JSON.stringify({ ...statusRecordOf(name), ...fields });

  it.each([
    ['an impossible time', planted({ at: 9e15 })],
    ['an impossible certificate end', planted({ certificateExpiresAt: 1e300 })],
    ['a wait without end', planted({ at: 8e15, nextAttemptAt: 8.64e15 })],
    ['another kind', planted({ at: 8e15, kind: 'local' })],
    ['an array', '[]'],
    ['1 MB', 'x'.repeat(1_000_000)],
    ['a signature of another key', `k1.${'A'.repeat(22)} 9000000000000 ${planted({})}`],
  ])('is no status record: %s', async (_what, text) => {
    const holder = await published();
    await admin.hset(CATALOG, 'r:aem-dev', text);
    const newcomer = connect();
    await newcomer.sync.poll();
    expect(newcomer.tokens.get(name)).toMatchObject({ generation: 3, status: null });
    await holder.sync.poll();
    expect(holder.tokens.get(name)?.status).toEqual(statusRecordOf(name));
    await newcomer.sync.poll();
    expect(newcomer.tokens.get(name)?.status).toEqual(statusRecordOf(name));
  });

  it.each([
    ['a removal', { 'x:aem-dev': '1700000000' }],
    ['a removal with a generation', { 'x:aem-dev': `k1.${'A'.repeat(22)} 1700000000 9` }],
    ['a generation far ahead', { 'g:aem-dev': '999999999999' }],
    ['a generation a little ahead', { 'g:aem-dev': `k1.${'A'.repeat(22)} 7` }],
    ['a generation of the past', { 'g:aem-dev': '1' }],
  ])('neither takes a token out of service nor stops the next one: %s', async (_what, fields) => {
    const holder = await published();
    await admin.hset(CATALOG, fields);
    const newcomer = connect();
    await pollRound(newcomer);
    expect(newcomer.tokens.get(name)?.cached?.record).toEqual(recordOf(name, 3));
    await pollRound(holder);
    for (const each of [holder, newcomer]) {
      expect(each.tokens.get(name)?.cached?.record).toEqual(recordOf(name, 3));
    }
    await holder.sync.publish(recordOf(name, 4));
    await holder.sync.publishStatus({ ...statusRecordOf(name), version: 'v2' });
    await newcomer.sync.poll();
    expect(newcomer.tokens.get(name)).toMatchObject({ generation: 4, status: { version: 'v2' } });
  });

  it('is counted, once while it stays', async () => {
    const holder = await published();
    await admin.hset(CATALOG, { 'r:aem-stage': planted({}), 'g:aem-stage': '4' });
    await pollRound(holder);
    expect(holder.ignored).toEqual(new Map([['listing', 2]]));
    expect(holder.tokens.size).toBe(1);
  });

  it('is no listing, so that an empty store says nothing', async () => {
    await admin.hset(CATALOG, 'listed', '1');
    expect(await connect().store.hasListing()).toBe(false);
  });

  it.each(['999999999999', '999999999998', '1000000000', '5000'])(
    'does not set two processes apart: generation %s beside a token',
    async (generation) => {
      const holder = await published();
      const other = connect();
      await other.sync.poll();
      await admin.hset(TOKEN_KEY, 'generation', generation);
      await pollRound(holder);
      await pollRound(other);
      await holder.sync.publish(recordOf(name, holder.sync.nextGeneration(name)));
      await pollRound(other);
      const { cached } = holder.tokens.get(name) ?? {};
      expect(cached?.record.generation).toBeLessThan(10);
      expect(other.tokens.get(name)?.cached?.record).toEqual(cached?.record);
      const newcomer = connect();
      await newcomer.sync.poll();
      expect(newcomer.tokens.get(name)?.cached?.record).toEqual(cached?.record);
    },
  );

  it.each([
    ['a huge generation alone', { generation: '999999999999' }],
    ['a removal note that is none', { generation: '8', removed: 'garbage' }],
    ['a token of another key', { generation: '999999999999', sealed: otherSealed() }],
    ['1 MB', { generation: '4', sealed: 'x'.repeat(1_000_000) }],
  ])('is replaced in a token hash by a process that knows better: %s', async (_what, fields) => {
    const holder = await published();
    await admin.del(TOKEN_KEY);
    await admin.hset(TOKEN_KEY, fields);
    await pollRound(holder);
    const newcomer = connect();
    await newcomer.sync.poll();
    expect(newcomer.tokens.get(name)?.cached?.token.sha256).toBe(recordOf(name, 3).token.sha256);
    expect(newcomer.tokens.get(name)?.generation).toBeLessThan(10);
  });

  it('is replaced by a real removal note of the past too', async () => {
    const holder = connect();
    await holder.sync.publish(recordOf(name, 1));
    await holder.sync.remove(name);
    const note = await admin.hgetall(TOKEN_KEY);
    await holder.sync.publish(recordOf(name, 5));
    await admin.del(TOKEN_KEY);
    await admin.hset(TOKEN_KEY, note);
    await pollRound(holder);
    expect(await connect().store.read(name)).toMatchObject({ status: 'found', record: { generation: 5 } });
  });

  it('does not keep a process without any knowledge from its first token', async () => {
    await admin.hset(TOKEN_KEY, { generation: '999999999999', sealed: 'garbage' });
    const newcomer = connect();
    await newcomer.sync.catchUp(name);
    const generation = newcomer.sync.nextGeneration(name);
    await newcomer.sync.publish(recordOf(name, generation));
    expect(await connect().store.read(name)).toEqual({ status: 'found', record: recordOf(name, generation) });
  });
});

describe('A value in Redis without the authentication of a process', () => {
  const LIMITS = { perCaller: 2, perCredential: 3, window: millis(3_600_000) };
  const spend = ({ store }: Process) => store.spendExchange(name, 'revocation', 'caller', LIMITS);
  const BUDGET = 't:{aem-dev}:budget:revocation';
  const now = Date.now();
  const entries = Array.from({ length: 12 }, (_, index) => ({ at: now - index, caller: 'caller' }));

  it.each([
    ['twelve exchanges', () => admin.set(BUDGET, JSON.stringify(entries))],
    [
      'exchanges of the future',
      () => admin.set(BUDGET, JSON.stringify(entries.map((each) => ({ ...each, at: now + 3e6 })))),
    ],
    [
      'a signature of another key',
      () => admin.set(BUDGET, `k1.${'A'.repeat(22)} ${JSON.stringify(entries)}`),
    ],
    ['1 MB', () => admin.set(BUDGET, 'x'.repeat(1_000_000))],
    ['a hash', () => admin.hset(BUDGET, 'at', '1')],
  ])('uses up no budget: %s', async (_what, plant) => {
    await plant();
    const process = connect();
    expect(await spend(process)).toMatchObject({ granted: true, spentAt: [expect.any(Number)] });
    expect(await spend(connect())).toMatchObject({ granted: true });
    expect(await spend(process)).toMatchObject({ granted: false });
    expect(process.ignored.get('budget')).toBe(1);
  });

  it('uses up no budget as the authentic value of another one', async () => {
    const process = connect();
    for (let time = 0; time < 2; time += 1)
      await process.store.spendExchange(name, 'report', 'caller', LIMITS);
    await admin.copy('t:{aem-dev}:budget:report', BUDGET);
    expect(await spend(process)).toMatchObject({ granted: true });
  });

  it.each([
    ['without an expiry', () => admin.set('t:{aem-dev}:lease', 'owner')],
    ['with a long expiry', () => admin.set('t:{aem-dev}:lease', 'owner', 'EX', 1_000_000)],
    ['of another type', () => admin.rpush('t:{aem-dev}:lease', 'owner')],
  ])('is no lease: %s', async (_what, plant) => {
    await plant();
    const [process, other] = [connect(), connect()];
    const lease = await process.store.acquireLease(name, millis(60_000));
    expect(lease).not.toBeNull();
    expect(await other.store.acquireLease(name, millis(60_000))).toBeNull();
    expect(process.ignored.get('lease')).toBe(1);
    await lease?.release();
    expect(await other.store.acquireLease(name, millis(60_000))).not.toBeNull();
  });

  it('is no lease where it is the lease of the past or of another credential', async () => {
    const process = connect();
    await process.store.acquireLease(name, millis(1));
    await process.store.acquireLease(nameOf('aem-stage'), millis(60_000));
    const old = await admin.get('t:{aem-dev}:lease');
    for (const value of [old, await admin.get('t:{aem-stage}:lease')]) {
      await admin.set('t:{aem-dev}:lease', value ?? '');
      const next = () => process.store.acquireLease(name, millis(1));
      await vi.waitFor(async () => expect(await next()).not.toBeNull(), EVENTUALLY);
    }
  });

  it('is no mark, so that it suppresses no warning', async () => {
    await admin.set('t:{aem-dev}:mark:certificate-7', '1');
    const process = connect();
    expect(await process.store.markOnce(name, 'certificate-7')).toBe(true);
    expect(await connect().store.markOnce(name, 'certificate-7')).toBe(false);
    await admin.copy('t:{aem-dev}:mark:certificate-7', 't:{aem-dev}:mark:certificate-1');
    expect(await process.store.markOnce(name, 'certificate-1')).toBe(true);
  });

  it('is no revocation', async () => {
    const sha256 = 'ab'.repeat(32);
    const key = `t:{aem-dev}:revoked:${sha256}`;
    const { store } = connect();
    for (const plant of [
      () => admin.set(key, '1'),
      () => admin.set(key, 'x'.repeat(1e6)),
      () => admin.sadd(key, 'x'),
    ]) {
      await admin.del(key);
      await plant();
      expect(await store.isRevoked(name, sha256)).toBe(false);
    }
    await store.noteRevoked(name, sha256);
    expect(await store.isRevoked(name, sha256)).toBe(true);
  });

  it.each(['t:{aem-dev}:token', 't:{aem-dev}:earlier', 't:credentials'])(
    'makes the store unusable under no key: %s',
    async (key) => {
      const holder = await published();
      await admin.del(key);
      await admin.set(key, 'no hash');
      await pollRound(holder);
      await holder.sync.publish(recordOf(name, 4));
      const newcomer = connect();
      expect(await newcomer.sync.poll()).toBe(true);
      expect(newcomer.tokens.get(name)).toMatchObject({ generation: 4, status: statusRecordOf(name) });
      expect(await newcomer.store.readEarlier(name)).toEqual([]);
    },
  );

  it('is no earlier token, and hides none', async () => {
    const { store } = connect();
    const at = instant(Date.now());
    const token = new AccessToken('earlier', at, later(at, millis(60_000)));
    await store.publish({ name, generation: 1, token, version: 'v1' });
    await store.publish(recordOf(name, 2));
    const planted = Array.from({ length: 30 }, (_, index) => [String(100 + index), '9999999999999 x']).flat();
    await admin.hset('t:{aem-dev}:earlier', ...planted);
    await admin.hset('t:{aem-dev}:earlier', '50', 'x'.repeat(1_000_000));
    expect(await store.readEarlier(name)).toMatchObject([{ generation: 1 }]);
  });
});

describe('Records of processes with other keys', () => {
  it('stay readable while the keys are replaced in three steps', async () => {
    const [k1, k2] = ['k1', 'k2'].map((kid) => `${kid}:${randomBytes(32).toString('base64')}`);
    const parse = (...keys: (string | undefined)[]) => SealingKeys.parse(keys.join(','));
    const before = connect(parse(k1, k2));
    await before.sync.publish(recordOf(name, 3));
    await before.sync.publishStatus(statusRecordOf(name));
    const during = connect(parse(k2, k1));
    await during.sync.poll();
    expect(during.tokens.get(name)).toMatchObject({ generation: 3, status: { version: 'v1' } });
    await during.sync.publish(recordOf(name, 4));
    await during.sync.publishStatus({ ...statusRecordOf(name), version: 'v2' });
    const after = connect(parse(k2));
    for (const each of [before, after]) {
      await each.sync.poll();
      expect(each.tokens.get(name)).toMatchObject({ generation: 4, status: { version: 'v2' } });
      expect(each.ignored.size).toBe(0);
    }
  });
});

/** A token that is sealed with another key, as a user of Redis without the keys can make it. */
function otherSealed(): string {
  const header = { alg: 'dir', enc: 'A256GCM', kid: 'k9', pfx: 't', crd: 'aem-dev', gen: 999_999_999_999 };
  const parts = [Buffer.from(JSON.stringify(header)), '', randomBytes(12), randomBytes(64), randomBytes(16)];
  return parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
}
