import { z } from 'zod';

import {
  instant,
  toCredentialName,
  type CredentialName,
  type CredentialStatusRecord,
  type StoreListing,
} from '#libs/tokens';

import { parseGeneration } from './generation.ts';
import { readHistory } from './history-text.ts';

const time = z.number().transform(instant);
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
  attempt: z.object({ version: z.string(), failuresInARow: z.number() }).nullable().default(null),
  pending: z.object({ version: z.string(), at: time, failure: failure.nullable() }).nullable().default(null),
  causedAt: z.array(time).default([]),
  history: z.unknown().optional().transform(readHistory),
});

interface ParsedStatus {
  readonly text: string;
  readonly status: CredentialStatusRecord | null;
}

/** Parses the catalog. Most status records are unchanged since the last poll, and are not parsed again. */
export class CatalogListings {
  #parsed = new Map<CredentialName, ParsedStatus>();

  /** Parses the fields of `RedisKeys.catalog`. Skips fields that this service does not write. */
  read(fields: Readonly<Record<string, string>>): StoreListing[] {
    const names = new Set<CredentialName>();
    for (const field of Object.keys(fields)) {
      const name = /^[grx]:/.test(field) ? toCredentialName(field.slice(2)) : null;
      if (name !== null) names.add(name);
    }
    const before = this.#parsed;
    this.#parsed = new Map();
    return [...names].map((name) => ({
      name,
      generation: parseGeneration(fields[`g:${name}`]),
      removed: fields[`x:${name}`] !== undefined,
      status: this.#status(name, fields[`r:${name}`], before.get(name)),
    }));
  }

  #status(
    name: CredentialName,
    text: string | undefined,
    before: ParsedStatus | undefined,
  ): CredentialStatusRecord | null {
    if (text === undefined) return null;
    const known = before?.text === text ? before : { text, status: parseStatus(text, name) };
    this.#parsed.set(name, known);
    return known.status;
  }
}

/**
 * Null for an unreadable status record: a later version may have written it, and it is soon written again.
 */
function parseStatus(text: string, name: CredentialName): CredentialStatusRecord | null {
  try {
    return { ...statusSchema.parse(JSON.parse(text)), name };
  } catch {
    return null;
  }
}
