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
const reportSchema = z.object({
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

interface KnownStatus {
  readonly text: string;
  readonly status: CredentialStatusRecord | null;
}

/** Reads the catalog, where hardly any report has changed since the last look: what has not is not parsed again. */
export class CatalogListings {
  #known = new Map<CredentialName, KnownStatus>();

  /** The catalog's fields as listings; see RedisKeys for what they are. What nobody here wrote is passed over. */
  read(fields: Readonly<Record<string, string>>): StoreListing[] {
    const names = new Set<CredentialName>();
    for (const field of Object.keys(fields)) {
      const name = /^[grx]:/.test(field) ? toCredentialName(field.slice(2)) : null;
      if (name !== null) names.add(name);
    }
    const before = this.#known;
    this.#known = new Map();
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
    before: KnownStatus | undefined,
  ): CredentialStatusRecord | null {
    if (text === undefined) return null;
    const known = before?.text === text ? before : { text, status: parseReport(text, name) };
    this.#known.set(name, known);
    return known.status;
  }
}

/** An unreadable report is none: written by a later version perhaps, and soon written again. */
function parseReport(text: string, name: CredentialName): CredentialStatusRecord | null {
  try {
    return { ...reportSchema.parse(JSON.parse(text)), name };
  } catch {
    return null;
  }
}
