import { hash } from 'node:crypto';

import { isName, NAME_RULE } from '#libs/tokens';
import { z } from 'zod';

import { Caller, PERMISSIONS } from './caller.ts';
import { CallerRegistry, type CallerWithProofs } from './caller-registry.ts';
import { CallersFileProblem } from './callers-file-problem.ts';
import { describeIssue } from './describe-issue.ts';
import { jwtIdentitySchema, type JwtIdentity } from './jwt-identity.ts';
import { readYaml } from './read-yaml.ts';

const KEY_DIGEST = /^[0-9a-f]{64}$/;
const DIGEST_OF_EMPTY_KEY = hash('sha256', '', 'hex');
const PATTERN = /^[a-z0-9*][a-z0-9._*-]{0,62}$/;

/** The fields that must be the same for all callers of an issuer. */
const KEY_FIELDS = ['jwksUri', 'bearerTokenFile'] as const;

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

/**
 * Parses the text of a callers file.
 * @throws CallersFileProblem with every problem, by position or field.
 */
export function parseCallers(text: string): CallerRegistry {
  const { callers } = validate(readYaml(text));
  const problems = [
    ...repetitions(callers.map(({ name }, index) => [`callers[${index}].name`, name])),
    ...repetitions(
      callers.flatMap(({ apiKeySha256 = [] }, index) =>
        apiKeySha256.map((digest, at): Placed => [`callers[${index}].apiKeySha256[${at}]`, digest]),
      ),
    ),
    ...identityProblems(callers.map(({ jwt }) => jwt)),
  ];
  if (problems.length > 0) throw new CallersFileProblem(problems.join('; '));
  return new CallerRegistry(
    callers.map(({ name, tokens, permissions, apiKeySha256 = [], jwt }): CallerWithProofs => ({
      caller: new Caller(name, tokens, permissions),
      keyDigests: apiKeySha256,
      jwt,
    })),
  );
}

/** The refinement also sees values that are not objects; the schema reports those. */
function hasProof(caller: unknown): boolean {
  return typeof caller !== 'object' || caller === null || 'apiKeySha256' in caller || 'jwt' in caller;
}

function validate(value: unknown): z.infer<typeof documentSchema> {
  const result = documentSchema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new CallersFileProblem(result.error.issues.map(describeIssue).join('; '));
}

type Placed = readonly [place: string, value: string];

/**
 * Finds repeated values. The problem names places only, as the value may be a key that was pasted by mistake.
 */
function repetitions(values: readonly Placed[]): string[] {
  const first = new Map<string, string>();
  return values.flatMap(([place, value]) => {
    const earlier = first.get(value);
    if (earlier !== undefined) return [`${place}: the same as ${earlier}, but each must occur only once`];
    first.set(value, place);
    return [];
  });
}

/** Ensures that each identity belongs to one caller, and that each issuer has one key set. */
function identityProblems(identities: readonly (JwtIdentity | undefined)[]): string[] {
  const placed = identities.flatMap((jwt, index) =>
    jwt === undefined ? [] : [{ jwt, at: `callers[${index}].jwt` }],
  );
  const repeated = repetitions(
    placed.map(({ jwt, at }) => [at, JSON.stringify([jwt.issuer, jwt.audience, jwt.subject])]),
  );
  const differing = placed.flatMap(({ jwt, at }) => {
    const first = placed.find((other) => other.jwt.issuer === jwt.issuer);
    return KEY_FIELDS.filter((field) => first !== undefined && first.jwt[field] !== jwt[field]).map(
      (field) => `${at}.${field}: differs from ${first?.at}.${field}, but an issuer has one set of keys`,
    );
  });
  return [...repeated, ...differing];
}
