import { z } from 'zod';

import { DocumentRefused } from './document-refused.ts';

const MAX_FAULTS = 5;

/** A message for a field of the wrong type; every text a person sees is ours, since a library's may quote the value. */
const mustBe = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined ? 'is missing' : `must be ${what}`,
});

/** Text that is not empty. */
export const text = z.string(mustBe('text')).min(1, { error: 'is empty', abort: true });

/** A client id or the like, which never holds a blank. */
export const identifier = text.regex(/^\S+$/, 'must not contain blanks');

/** An Adobe id: something, "@", something. */
export const account = (example: string) =>
  text.regex(/^[^\s@]+@[^\s@]+$/, `must have the form of ${example}`);

/** At least one of something. */
export const listOf = <T extends z.ZodType>(item: T) => z.array(item, mustBe('a list')).min(1, 'is empty');

/** An object with at least these fields; Adobe may add others. */
export const fields = <T extends z.ZodRawShape>(shape: T) => z.looseObject(shape, mustBe('an object'));

/** The full name of a field for people: `integration.technicalAccount.clientId`, `SCOPES[2]`. */
export function fieldName(...path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name === '' ? String(key) : `${name}.${String(key)}`;
  }, '');
}

/**
 * The value as the schema reads it. @throws DocumentRefused naming each faulty field, below `parent` ('' for the document itself), and the remedy.
 */
export function readFields<T>(schema: z.ZodType<T>, value: unknown, parent: string, remedy: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    ({ path, message }) => `\`${fieldName(parent, ...path)}\` ${message}`,
  );
  const more = faults.length > MAX_FAULTS ? `; and ${faults.length - MAX_FAULTS} more` : '';
  throw new DocumentRefused(
    'credential_invalid_field',
    `${faults.slice(0, MAX_FAULTS).join('; ')}${more}. ${remedy}`,
  );
}
