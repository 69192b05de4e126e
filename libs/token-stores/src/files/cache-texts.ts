import {
  instant,
  toCredentialName,
  type CacheManifest,
  type CredentialName,
  type Instant,
  type KeptToken,
  type TokenRecord,
} from '#libs/tokens';
import { z } from 'zod';

import { readTokenText, writeTokenText } from '../sealing/token-text.ts';

/** A time that JavaScript's Date can hold. */
const time = z.number().min(0).max(8.64e15).transform(instant);
const names = z.array(z.string()).transform((all) =>
  all.flatMap((text): CredentialName[] => {
    const name = toCredentialName(text);
    return name === null ? [] : [name];
  }),
);
const keptTokenSchema = z.object({ keptAt: time, generation: z.number().int().min(1), token: z.string() });
const spentSchema = z.array(time);
const manifestSchema = z.object({ at: time, names });

/** The text of `NAME.token`, before it is sealed. */
export const keptTokenText = {
  write: (record: TokenRecord, keptAt: Instant): string =>
    JSON.stringify({ keptAt, generation: record.generation, token: writeTokenText(record) }),
  read(text: string, name: CredentialName): KeptToken {
    const { keptAt, generation, token } = keptTokenSchema.parse(JSON.parse(text));
    return { keptAt, record: { name, generation, ...readTokenText(token) } };
  },
};

/** The text of `NAME.spent`, before it is sealed. */
export const spentText = {
  write: (spent: readonly Instant[]): string => JSON.stringify(spent),
  read: (text: string): readonly Instant[] => spentSchema.parse(JSON.parse(text)),
};

/** The text of `manifest`, before it is sealed. */
export const manifestText = {
  write: (manifest: CacheManifest): string => JSON.stringify(manifest),
  read: (text: string): CacheManifest => manifestSchema.parse(JSON.parse(text)),
};
