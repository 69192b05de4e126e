import { z } from 'zod';

import { characterFault } from './character-fault.ts';
import { DocumentRefused } from './document-refused.ts';

const MAX_FAULTS = 5;

/**
 * The message for a field of the wrong type. The messages of the library may quote the value, so each field
 * sets its own.
 */
const mustBe = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined ? 'is missing' : `must be ${what}`,
});

/** Text that is not empty. */
export const text = z.string(mustBe('text')).min(1, { error: 'is empty', abort: true });

/** Adds the first character that OAuth does not allow as the fault of a field. */
export function refuseFaultyCharacters(value: string, context: z.RefinementCtx<string>): void {
  const fault = characterFault(value);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault, continue: false });
}

/** Text of the characters that OAuth allows in ids, secrets and scopes (RFC 6749 appendix A). */
export const plainText = text.superRefine(refuseFaultyCharacters);

/** A client id, which never contains a blank. */
export const identifier = plainText.regex(/^\S+$/, 'must not contain blanks');

/** Adobe's id of an organization. */
export const organization = plainText.regex(/^[^\s@]+@AdobeOrg$/, 'must have the form of ID@AdobeOrg');

/** Adobe's id of a technical account. */
export const technicalAccount = plainText.regex(
  /^[^\s@]+@techacct\.adobe\.com$/i,
  'must have the form of ID@techacct.adobe.com',
);

/** A list with at least one item. */
export const listOf = <T extends z.ZodType>(item: T) => z.array(item, mustBe('a list')).min(1, 'is empty');

/** An object with at least these fields. Adobe may add others. */
export const fields = <T extends z.ZodRawShape>(shape: T) => z.looseObject(shape, mustBe('an object'));

/** The full name of a field: `integration.technicalAccount.clientId`, `SCOPES[2]`. */
export function fieldName(...path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name === '' ? String(key) : `${name}.${String(key)}`;
  }, '');
}

/**
 * Reads a value by a schema.
 * @param parent the name of the field that holds the value, or '' for the document itself
 * @throws DocumentRefused with each faulty field and the remedy
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
