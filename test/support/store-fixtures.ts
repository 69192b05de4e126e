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

/** One store as two processes have it; the same object twice where it can only be one process. */
export interface StorePair {
  readonly store: TokenStore;
  readonly other: TokenStore;
  close(): Promise<void>;
}

/** A Redis, however many servers it is made of, that a test started and stops. */
interface RunningRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** Two processes' connections to one Redis, which stops with them. */
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

/** How long to wait for what comes by itself. */
export const PATIENCE = { timeout: 30_000, interval: 20 };

/** The text as a name; for names that are written in a test. */
export function nameOf(text: string): CredentialName {
  const name = toCredentialName(text);
  if (name === null) throw new Error(`${text} is no credential name`);
  return name;
}

/** A day-long token whose text no other record has. */
export function recordOf(name: CredentialName, generation: number, mark = 'token'): TokenRecord {
  const token = new AccessToken(`${mark}.${name}.${generation}`, NOON, later(NOON, DAY));
  return { name, generation, token, version: `version-of-${generation}` };
}

/** A report with something in every field. */
export function reportOf(name: CredentialName): CredentialStatusRecord {
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
    causedAt: [NOON, later(NOON, millis(5_000))],
  };
}
