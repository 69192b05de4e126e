import type { z } from 'zod';

import { unknownField, type KnownFields } from './field-names.ts';
import type { FieldPath } from './yaml-places.ts';

/** A problem of the callers file: the field and what it must be, never its value. */
export interface FieldProblem {
  readonly path: FieldPath;
  /** The path that has the line, where it is a longer one than `path`. */
  readonly lineOf?: FieldPath;
  readonly text: string;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text; write it in quotes',
  array: 'a list: [a, b], or lines that begin with "- "',
  object: 'a mapping: lines of "field: value"',
};

/** Describes one issue of the schema. One that names several unknown fields gives a problem for each. */
export function describeIssue(issue: z.core.$ZodIssue, known: KnownFields): FieldProblem[] {
  const { path } = issue;
  if (issue.code !== 'unrecognized_keys') return [{ path, text: describe(issue) }];
  const place = toPath(path).replaceAll(/\[\d+\]/g, '[]');
  return issue.keys.map((key) => ({
    path,
    lineOf: [...path, key],
    text: unknownField(key, place === THE_FILE ? '' : place, known),
  }));
}

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'missing';
      return `must be ${TYPES[issue.expected] ?? issue.expected}${issue.input === null ? '. It is empty' : ''}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    default:
      return issue.message;
  }
}

const THE_FILE = 'the file';

/** Formats a path as `callers[2].tokens[0]`. */
export function toPath(path: FieldPath): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? THE_FILE : text.replace(/^\./, '');
}
