import { randomBytes } from 'node:crypto';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import {
  AccessToken,
  instant,
  later,
  millis,
  toCredentialName,
  type CredentialName,
  type CredentialStatusRecord,
  type TokenRecord,
  type TokenStore,
} from '#libs/tokens';

const NOON = instant(Date.UTC(2026, 0, 15, 12));
const DAY = millis(24 * 60 * 60 * 1000);

/** One store as two processes see it; the same object twice if the store has only one process. */
export interface StorePair {
  readonly store: TokenStore;
  readonly other: TokenStore;
  close(): Promise<void>;
}

/** A Redis of any topology that a test starts and stops. */
interface RunningRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** Two stores on one Redis. Closing the pair stops the Redis. */
export function redisPair(redis: RunningRedis, url = redis.url, keyPrefix = 'contract'): StorePair {
  const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
  const connect = () => new RedisTokenStore({ address: parseRedisUrl(url), keyPrefix, sealingKeys });
  const [store, other] = [connect(), connect()];
  const close = async () => {
    await Promise.all([store.close(), other.close()]);
    await redis.stop();
  };
  return { store, other, close };
}

/** Options of `vi.waitFor` for conditions that become true without further action, in milliseconds. */
export const EVENTUALLY = { timeout: 30_000, interval: 20 };

/** Parses a credential name of a test. */
export function nameOf(text: string): CredentialName {
  const name = toCredentialName(text);
  if (name === null) throw new Error(`${text} is no credential name`);
  return name;
}

/** A record with a token of one day. Its text is unique to name, generation and mark. */
export function recordOf(name: CredentialName, generation: number, mark = 'token'): TokenRecord {
  const token = new AccessToken(`${mark}.${name}.${generation}`, NOON, later(NOON, DAY));
  return { name, generation, token, version: `version-of-${generation}` };
}

/** A status record with a value in every field. */
export function statusRecordOf(name: CredentialName): CredentialStatusRecord {
  return {
    name,
    at: NOON,
    kind: 'jwt',
    version: 'v1',
    stage: 'AWSCURRENT',
    certificateExpiresAt: later(NOON, DAY),
    failing: true,
    lastFailure: {
      at: NOON,
      code: 'exchange_refused',
      diagnosis: 'IMS says: "nö" — ask your administrator.',
    },
    nextAttemptAt: later(NOON, millis(30_000)),
    attempt: { version: 'v1', failuresInARow: 3 },
    pending: {
      version: 'v2',
      at: NOON,
      failure: { at: NOON, code: 'ims_invalid_scope', diagnosis: 'Compare the scopes.' },
    },
    history: [
      { type: 'refreshed', code: null, since: NOON, at: NOON, count: 1 },
      { type: 'failed', code: 'ims_throttled', since: NOON, at: later(NOON, millis(30_000)), count: 3 },
    ],
    mintedVersions: ['v0', 'v1'],
    causedAt: [NOON, later(NOON, millis(5_000))],
  };
}
