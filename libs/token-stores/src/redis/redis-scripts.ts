import type { Result } from 'ioredis';

import { FINGERPRINTS } from './scripts/fingerprints.ts';
import { RAISE_CATALOG } from './scripts/raise-catalog.ts';
import { READ_TIME } from './scripts/read-time.ts';
import { RELEASE_LEASE } from './scripts/release-lease.ts';
import { SPEND_EXCHANGE } from './scripts/spend-exchange.ts';
import { WRITE_STATUS } from './scripts/write-status.ts';
import { WRITE_TOKEN } from './scripts/write-token.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    writeToken(
      tokenKey: string,
      earlierKey: string,
      generation: number,
      sealed: string,
      expiresAt: number,
      keepMillis: number,
      channel: string,
      name: string,
      keepEarlierMillis: number,
      maxEarlier: number,
      removal: string,
    ): Result<[accepted: number, generation: number, hasToken: number], Context>;
    raiseCatalog(
      catalogKey: string,
      name: string,
      generation: number,
      hasToken: number,
      keepSeconds: number,
    ): Result<null, Context>;
    writeStatus(
      catalogKey: string,
      name: string,
      at: number,
      status: string,
      generation: number,
    ): Result<null, Context>;
    spendExchange(
      spentKey: string,
      caller: string,
      perCaller: number,
      perCredential: number,
      windowMillis: number,
    ): Result<[granted: number, retryAfter: number, allMustWait: number, ...spentAt: number[]], Context>;
    releaseLease(leaseKey: string, owner: string): Result<null, Context>;
    readTime(anyKey: string): Result<[seconds: string, micros: string], Context>;
    fingerprints(
      numberOfKeys: number,
      ...tokenKeys: string[]
    ): Result<[generation: string | null, sha1: string][], Context>;
  }
}

/**
 * The Lua scripts as ioredis commands. ioredis sends a script by its hash, and in full to a Redis without it.
 */
export const REDIS_SCRIPTS = {
  writeToken: { lua: WRITE_TOKEN, numberOfKeys: 2 },
  raiseCatalog: { lua: RAISE_CATALOG, numberOfKeys: 1 },
  writeStatus: { lua: WRITE_STATUS, numberOfKeys: 1 },
  spendExchange: { lua: SPEND_EXCHANGE, numberOfKeys: 1 },
  releaseLease: { lua: RELEASE_LEASE, numberOfKeys: 1 },
  readTime: { lua: READ_TIME, numberOfKeys: 1 },
  fingerprints: { lua: FINGERPRINTS, readOnly: true },
};
