import type { Result } from 'ioredis';

import { DROP_FIELDS } from './scripts/drop-fields.ts';
import { EARLIER_GENERATIONS } from './scripts/earlier-generations.ts';
import { FINGERPRINTS } from './scripts/fingerprints.ts';
import { RAISE_CATALOG } from './scripts/raise-catalog.ts';
import { READ_CATALOG } from './scripts/read-catalog.ts';
import { READ_EARLIER } from './scripts/read-earlier.ts';
import { READ_FIELDS } from './scripts/read-fields.ts';
import { READ_TIME } from './scripts/read-time.ts';
import { READ_TOKEN } from './scripts/read-token.ts';
import { RELEASE_LEASE } from './scripts/release-lease.ts';
import { REPLACE_VALUE } from './scripts/replace-value.ts';
import { SCAN_FIELDS } from './scripts/scan-fields.ts';
import { RESTORE_EARLIER } from './scripts/restore-earlier.ts';
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
      hint: string,
      keepEarlierMillis: number,
      maxEarlier: number,
      removal: string,
      disproved: string,
    ): Result<[accepted: number, generation: number], Context>;
    readToken(
      tokenKey: string,
      maxSize: number,
    ): Result<
      [generation: string | null, sealed: string | null, removal: string | null, digest: string],
      Context
    >;
    readCatalog(
      catalogKey: string,
      maxFields: number,
      maxSize: number,
      maxTotal: number,
    ): Result<[isWhole: number, ...fieldsAndValues: string[]], Context>;
    readEarlier(earlierKey: string, maxTokens: number, maxSize: number): Result<string[], Context>;
    readFields(key: string, maxSize: number, ...fields: string[]): Result<(string | null)[], Context>;
    scanFields(
      key: string,
      cursor: string,
      count: number,
      maxSize: number,
    ): Result<[cursor: string, ...fieldsAndValues: string[]], Context>;
    dropFields(key: string, ...fieldsAndValues: string[]): Result<null, Context>;
    raiseCatalog(
      catalogKey: string,
      name: string,
      generation: number,
      signed: string,
      removal: string,
      disproved: string,
      keepSeconds: number,
      maxSize: number,
    ): Result<string | null, Context>;
    writeStatus(
      catalogKey: string,
      name: string,
      at: number,
      signed: string,
      generation: number,
      disprovedRemoval: string,
      disprovedStatus: string,
      maxSize: number,
    ): Result<[field: string, record: string] | null, Context>;
    replaceValue(
      key: string,
      expected: string,
      value: string,
      keepMillis: number,
      maxSize: number,
    ): Result<[isReplaced: number, found: string, seconds: string, micros: string], Context>;
    releaseLease(leaseKey: string, owner: string): Result<null, Context>;
    readTime(anyKey: string): Result<[seconds: string, micros: string], Context>;
    fingerprints(
      numberOfKeys: number,
      ...tokenKeys: string[]
    ): Result<[generation: string | null, sha1: string][], Context>;
    earlierGenerations(numberOfKeys: number, ...earlierKeys: string[]): Result<string[][], Context>;
    restoreEarlier(earlierKey: string, ...limitsAndFields: (string | number)[]): Result<null, Context>;
  }
}

/**
 * The Lua scripts as ioredis commands. ioredis sends a script by its hash, and in full to a Redis without it.
 */
export const REDIS_SCRIPTS = {
  writeToken: { lua: WRITE_TOKEN, numberOfKeys: 2 },
  readToken: { lua: READ_TOKEN, numberOfKeys: 1 },
  readCatalog: { lua: READ_CATALOG, numberOfKeys: 1 },
  readEarlier: { lua: READ_EARLIER, numberOfKeys: 1 },
  readFields: { lua: READ_FIELDS, numberOfKeys: 1 },
  scanFields: { lua: SCAN_FIELDS, numberOfKeys: 1 },
  dropFields: { lua: DROP_FIELDS, numberOfKeys: 1 },
  raiseCatalog: { lua: RAISE_CATALOG, numberOfKeys: 1 },
  writeStatus: { lua: WRITE_STATUS, numberOfKeys: 1 },
  replaceValue: { lua: REPLACE_VALUE, numberOfKeys: 1 },
  releaseLease: { lua: RELEASE_LEASE, numberOfKeys: 1 },
  readTime: { lua: READ_TIME, numberOfKeys: 1 },
  fingerprints: { lua: FINGERPRINTS, readOnly: true },
  earlierGenerations: { lua: EARLIER_GENERATIONS, readOnly: true },
  restoreEarlier: { lua: RESTORE_EARLIER, numberOfKeys: 1 },
};
