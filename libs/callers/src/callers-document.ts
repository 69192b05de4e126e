import { isName, NAME_RULE } from '#libs/tokens';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

import { Caller, PERMISSIONS } from './caller.ts';
import { CallerRegistry, type CallerWithKeys } from './caller-registry.ts';

const KEY_DIGEST = /^[0-9a-f]{64}$/;
const PATTERN = /^[a-z0-9*][a-z0-9._*-]{0,62}$/;

const callerSchema = z.strictObject({
  name: z.string().refine(isName, `must be ${NAME_RULE}`),
  apiKeySha256: z
    .array(
      z.string().regex(KEY_DIGEST, 'must be the SHA-256 of the key: 64 lower-case hex digits, not the key'),
    )
    .min(1, 'must list at least one digest'),
  tokens: z.array(z.string().regex(PATTERN, 'must be a credential name, with * as a wildcard')).default([]),
  permissions: z.array(z.enum(PERMISSIONS)).default(['read']),
});

const documentSchema = z.strictObject({ callers: z.array(callerSchema) });

/** The callers file can't be used. The message names every field at fault and never quotes a value. */
export class CallersFileProblem extends Error {
  override readonly name = 'CallersFileProblem';
  readonly code = 'callers_file_invalid';
}

/**
 * Reads the text of a callers file.
 * @throws CallersFileProblem naming everything that is wrong with it, by position or field.
 */
export function parseCallers(text: string): CallerRegistry {
  const { callers } = validate(readYaml(text));
  const problems = [
    ...duplicates(callers.map(({ name }) => name)).map((name) => `callers: the name "${name}" occurs twice`),
    ...duplicates(callers.flatMap(({ apiKeySha256 }) => apiKeySha256)).map(
      (digest) => `callers: the key with the SHA-256 ${digest.slice(0, 8)}… occurs twice`,
    ),
  ];
  if (problems.length > 0) throw new CallersFileProblem(problems.join('; '));
  return new CallerRegistry(
    callers.map(({ name, tokens, permissions, apiKeySha256 }): CallerWithKeys => ({
      caller: new Caller(name, tokens, permissions),
      keyDigests: apiKeySha256,
    })),
  );
}

function readYaml(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new CallersFileProblem(`not valid YAML at line ${line}, column ${col} (${error.code})`);
  }
  return document.toJS({ maxAliasCount: 100 });
}

function validate(value: unknown): z.infer<typeof documentSchema> {
  const result = documentSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const path = toPath(issue.path);
    return `${path}: ${describe(issue)}`;
  });
  throw new CallersFileProblem(problems.join('; '));
}

function describe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.includes('jwt')
        ? 'callers known by a jwt are not supported by this version; give them a key (apiKeySha256)'
        : `unknown field ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    case 'invalid_type':
      return issue.input === undefined ? 'missing' : `must be of type ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    default:
      return issue.message;
  }
}

/** `callers[2].tokens[0]`, as people write it. */
function toPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}

function duplicates(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
