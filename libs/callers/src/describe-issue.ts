import type { z } from 'zod';

/** What a field name looks like that somebody may have meant: a key pasted in its place is longer, or has digits. */
const LIKELY_FIELD = /^[a-z_]{1,20}$/i;

/** One thing that is wrong with the callers file: the field, and what it must be. Never what it is. */
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

/** `callers[2].tokens[0]`, as people write it. */
function toPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}
