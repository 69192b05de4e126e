import { millis, type Millis } from '#libs/tokens';

import type { RecordMac } from '../sealing/record-mac.ts';
import type { IgnoredRecord } from './ignored-record.ts';
import type { RedisCommands } from './redis-client.ts';
import type { RedisConnection } from './redis-connection.ts';

/** In bytes. A full budget has about 2 KiB. */
const MAX_SIZE = 16_384;
/** No value that is written starts so. */
const NO_VALUE = '!';

/** What the small signed values of a store share. */
export interface SignedValues {
  readonly connection: RedisConnection;
  readonly mac: RecordMac;
  readonly onIgnored: (kind: IgnoredRecord, count: number) => void;
}

/** A key with a signed value, for one attempt to change it. */
export interface SignedValue {
  /** The text of the value; null where there is none, or it is not authentic. */
  readonly text: string | null;
  /** The clock of Redis, in epoch milliseconds. */
  readonly now: Millis;
  /** Writes another text, unless the value has changed since it was read. Returns whether it did. */
  replace(text: string, keepFor: number): Promise<boolean>;
}

/** Where a signed value is, and what it is; see RecordMac. */
export interface SignedPlace {
  readonly key: string;
  readonly kind: IgnoredRecord;
  readonly place: readonly string[];
}

/** Reads a value, cut to the size of any that this service writes; empty where there is none. */
export async function readBoundedValue(redis: RedisCommands, key: string): Promise<string> {
  const [, found] = await redis.replaceValue(key, NO_VALUE, '', 1, MAX_SIZE);
  return found;
}

/** Reads a signed value. A value that is not authentic counts as none. */
export async function readSignedValue(
  redis: RedisCommands,
  { mac, onIgnored }: SignedValues,
  { key, kind, place }: SignedPlace,
): Promise<SignedValue> {
  const [, found, inSeconds, micros] = await redis.replaceValue(key, NO_VALUE, '', 1, MAX_SIZE);
  const text = found === '' ? null : mac.open([kind, ...place], found);
  if (found !== '' && text === null) onIgnored(kind, 1);
  return {
    text,
    now: millis(Number(inSeconds) * 1000 + Math.floor(Number(micros) / 1000)),
    async replace(next, keepFor) {
      const signed = mac.sign([kind, ...place], next);
      const [isReplaced] = await redis.replaceValue(
        key,
        found,
        signed,
        Math.max(1, Math.ceil(keepFor)),
        MAX_SIZE,
      );
      return isReplaced === 1;
    },
  };
}
