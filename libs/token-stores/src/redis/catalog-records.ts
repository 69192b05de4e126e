import { z } from 'zod';

import { instant, type CredentialName, type CredentialStatusRecord } from '#libs/tokens';

import { parseGeneration } from './generation.ts';
import { readHistory, writeHistory } from './history-text.ts';
import type { RecordMac } from '../sealing/record-mac.ts';

/** The last millisecond that a `Date` can express (ECMA-262, "Time Values"). */
const MAX_TIME = 8.64e15;
const time = z.number().min(0).max(MAX_TIME).transform(instant);
const failure = z.object({ at: time, code: z.string(), diagnosis: z.string() });
const statusSchema = z.object({
  at: time,
  kind: z.enum(['jwt', 'oauth', 'local']).nullable(),
  version: z.string().nullable(),
  stage: z.string().nullable(),
  certificateExpiresAt: time.nullable(),
  failing: z.boolean(),
  lastFailure: failure.nullable(),
  nextAttemptAt: time.nullable(),
  attempt: z.object({ version: z.string(), failuresInARow: z.int().positive() }).nullable().default(null),
  pending: z.object({ version: z.string(), at: time, failure: failure.nullable() }).nullable().default(null),
  mintedVersions: z.array(z.string().max(256)).max(16).default([]),
  causedAt: z.array(time).max(100).default([]),
  history: z.unknown().optional().transform(readHistory),
});

/** Signs and opens the records of the catalog; see RedisKeys. */
export class CatalogRecords {
  readonly #mac: RecordMac;

  constructor(mac: RecordMac) {
    this.#mac = mac;
  }

  signGeneration(name: CredentialName, generation: number): string {
    return this.#mac.sign(['generation', name], String(generation));
  }

  /** Null unless authentic. */
  openGeneration(name: CredentialName, signed: string): number | null {
    const text = this.#mac.open(['generation', name], signed);
    return text === null ? null : parseGeneration(text);
  }

  /** @param removedAt in epoch seconds */
  signRemoval(name: CredentialName, generation: number, removedAt: number): string {
    return this.#mac.sign(['removal', name], `${removedAt} ${generation}`);
  }

  isRemoval(name: CredentialName, signed: string): boolean {
    return this.#mac.open(['removal', name], signed) !== null;
  }

  signStatus(status: CredentialStatusRecord): string {
    const { name, at, ...rest } = status;
    const json = JSON.stringify({ at, ...rest, history: writeHistory(status.history) });
    return this.#mac.sign(['status', name], `${at} ${json}`);
  }

  /**
   * Null unless authentic. The status is null if it cannot be read: a later version may have written it, and
   * it is soon written again.
   */
  openStatus(
    name: CredentialName,
    signed: string,
  ): { readonly status: CredentialStatusRecord | null } | null {
    const text = this.#mac.open(['status', name], signed);
    if (text === null) return null;
    try {
      return { status: { ...statusSchema.parse(JSON.parse(text.slice(text.indexOf(' ')))), name } };
    } catch {
      return { status: null };
    }
  }

  signListing(): string {
    return this.#mac.sign(['listing'], '1');
  }

  isListing(signed: string): boolean {
    return this.#mac.open(['listing'], signed) !== null;
  }
}
