import { hash } from 'node:crypto';

import { isName, NAME_RULE } from '#libs/tokens';
import { z } from 'zod';

import { Caller, PERMISSIONS } from './caller.ts';
import { CallerRegistry, type CallerWithProofs } from './caller-registry.ts';
import { CallersFileProblem } from './callers-file-problem.ts';
import { conflictsOf } from './conflicts.ts';
import { describeIssue, toPath, type FieldProblem } from './describe-issue.ts';
import type { KnownFields } from './field-names.ts';
import { jwtIdentitySchema } from './jwt-identity.ts';
import { readYaml, type YamlValues } from './read-yaml.ts';
import type { FieldPath } from './yaml-places.ts';

const KEY_DIGEST = /^[0-9a-f]{64}$/;
const DIGEST_OF_EMPTY_KEY = hash('sha256', '', 'hex');
const PATTERN = /^[a-z0-9*][a-z0-9._*-]{0,62}$/;

const callerFieldsSchema = z.strictObject({
  name: z.string().refine(isName, `must be ${NAME_RULE}`),
  apiKeySha256: z
    .array(
      z
        .string()
        .regex(KEY_DIGEST, 'must be the SHA-256 of the key: 64 lower-case hex digits, not the key')
        .refine((digest) => digest !== DIGEST_OF_EMPTY_KEY, 'is the SHA-256 of an empty key'),
    )
    .min(1, 'must list at least one digest')
    .optional(),
  jwt: jwtIdentitySchema.optional(),
  tokens: z.array(z.string().regex(PATTERN, 'must be a credential name, with * as a wildcard')).default([]),
  permissions: z.array(z.enum(PERMISSIONS)).default(['read']),
});

const callerSchema = callerFieldsSchema.refine(hasProof, {
  error: 'needs apiKeySha256 or jwt, or both',
  // Runs even if other fields are invalid, so that one message names every problem.
  when: () => true,
});

const documentSchema = z.strictObject({ callers: z.array(callerSchema) });

/** One caller as the callers file has it. */
export type CallerFields = z.infer<typeof callerSchema>;

const KNOWN_FIELDS: KnownFields = {
  '': Object.keys(documentSchema.shape),
  'callers[]': Object.keys(callerFieldsSchema.shape),
  'callers[].jwt': Object.keys(jwtIdentitySchema.shape),
};

/**
 * Parses the text of a callers file.
 * @throws CallersFileProblem with every problem, by line and field. Of a text that is not YAML, the first.
 */
export function parseCallers(text: string): CallerRegistry {
  return new CallerRegistry(readCallers(text).map(toCaller));
}

/**
 * Reads and checks the text of a callers file.
 * @throws CallersFileProblem like `parseCallers`
 */
export function readCallers(text: string): readonly CallerFields[] {
  const yaml = readYaml(text);
  if (!('lineOf' in yaml)) {
    const { line, column, path, reason } = yaml;
    throw new CallersFileProblem(`line ${line}, column ${column}: ${knownPart(path)}: ${reason}`);
  }
  const { callers } = validate(yaml);
  const problems = conflictsOf(callers);
  if (problems.length > 0) throw callersFileProblem(problems, yaml);
  return callers;
}

export const toCaller = ({
  name,
  tokens,
  permissions,
  apiKeySha256 = [],
  jwt,
}: CallerFields): CallerWithProofs => ({
  caller: new Caller(name, tokens, permissions),
  keyDigests: apiKeySha256,
  jwt,
});

/** The refinement also sees values that are not objects; the schema reports those. */
function hasProof(caller: unknown): boolean {
  return typeof caller !== 'object' || caller === null || 'apiKeySha256' in caller || 'jwt' in caller;
}

function validate(yaml: YamlValues): z.infer<typeof documentSchema> {
  const result = documentSchema.safeParse(yaml.value, { reportInput: true });
  if (result.success) return result.data;
  throw callersFileProblem(
    result.error.issues.flatMap((issue) => describeIssue(issue, KNOWN_FIELDS)),
    yaml,
  );
}

function callersFileProblem(problems: readonly FieldProblem[], yaml: YamlValues): CallersFileProblem {
  const lines = problems.map(({ path, lineOf: longer = path, text }) => ({
    line: yaml.lineOf(longer),
    text: `${toPath(path)}: ${text}`,
  }));
  const inOrder = lines.toSorted((one, other) => one.line - other.line);
  return new CallersFileProblem(inOrder.map(({ line, text }) => `line ${line}: ${text}`).join('; '));
}

/** Of `callers[0].jwt.issuer`, the longest path there is. */
const MAX_DEPTH = 4;

/** The path up to the first name that is no field, as a key may have been pasted there. */
function knownPart(path: FieldPath): string {
  const names = new Set<PropertyKey>(Object.values(KNOWN_FIELDS).flat());
  const end = path.findIndex((step) => typeof step !== 'number' && !names.has(step));
  return toPath(path.slice(0, end === -1 ? MAX_DEPTH : Math.min(end, MAX_DEPTH)));
}
