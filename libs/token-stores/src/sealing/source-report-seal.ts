import { z } from 'zod';

import { MAX_SKIPPED, type SourceReport } from '#libs/tokens';

import { openText, sealText, type Place } from './sealed-text.ts';
import type { SealingKeys } from './sealing-keys.ts';

/** In characters of the sealed text. A longer one is not read. */
export const MAX_SEALED_REPORT = 256 * 1024;

const reportSchema = z.object({
  ok: z.boolean(),
  detail: z.string(),
  skipped: z.array(z.object({ storedAs: z.string(), code: z.string() })).max(MAX_SKIPPED),
});

/** Seals the report of the credential source, so that a user of Redis can plant no text in it. */
export class SourceReportSeal {
  readonly #keys: SealingKeys;
  readonly #place: Place;

  constructor(keys: SealingKeys, prefix: string) {
    this.#keys = keys;
    this.#place = { pfx: prefix, report: 'source' };
  }

  seal(report: SourceReport): Promise<string> {
    return sealText(this.#keys, JSON.stringify(report), this.#place);
  }

  /** Null for a text that is altered, moved here, sealed with an unknown key or of another version. */
  async open(sealed: string): Promise<SourceReport | null> {
    try {
      return reportSchema.parse(JSON.parse(await openText(this.#keys, sealed, this.#place)));
    } catch {
      return null;
    }
  }
}
