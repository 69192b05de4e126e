import type { z } from 'zod';

/**
 * Looks like a misspelt field name. A key that was pasted in its place is longer or has digits, and is not
 * quoted.
 */
const LIKELY_FIELD = /^[a-z_]{1,20}$/i;

/** Describes one problem of the callers file: the field and what it must be, never its value. */
export const describeIssue = (issue: z.core.$ZodIssue): string => `${toPath(issue.path)}: ${describe(issue)}`;

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(unknownField).join(', ');
    case 'invalid_type':
      return issue.input === undefined ? 'missing' : `must be of type ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    default:
      return issue.message;
  }
}

const unknownField = (name: string): string =>
  LIKELY_FIELD.test(name)
    ? `unknown field "${name}"`
    : 'a field that is unknown (its name is not shown here)';

/** Formats a path as `callers[2].tokens[0]`. */
function toPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}
