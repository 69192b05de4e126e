import { toPath, type FieldProblem } from './describe-issue.ts';
import type { JwtIdentity } from './jwt-identity.ts';
import type { FieldPath } from './yaml-places.ts';

/** The fields that must be the same for all callers of an issuer. */
const KEY_FIELDS = ['jwksUri', 'bearerTokenFile'] as const;

interface CallerProofs {
  readonly name: string;
  readonly apiKeySha256?: readonly string[] | undefined;
  readonly jwt?: JwtIdentity | undefined;
}

/** Finds what two callers cannot share: a name, a key, an identity; and two key sets of one issuer. */
export const conflictsOf = (callers: readonly CallerProofs[]): FieldProblem[] => [
  ...repetitions(callers.map(({ name }, index) => [['callers', index, 'name'], name])),
  ...repetitions(
    callers.flatMap(({ apiKeySha256 = [] }, index) =>
      apiKeySha256.map((digest, at): Placed => [['callers', index, 'apiKeySha256', at], digest]),
    ),
  ),
  ...identityProblems(callers.map(({ jwt }) => jwt)),
];

type Placed = readonly [place: FieldPath, value: string];

/**
 * Finds repeated values. The problem names places only, as the value may be a key that was pasted by mistake.
 */
function repetitions(values: readonly Placed[]): FieldProblem[] {
  const first = new Map<string, FieldPath>();
  return values.flatMap(([path, value]) => {
    const earlier = first.get(value);
    if (earlier !== undefined)
      return [{ path, text: `the same as ${toPath(earlier)}, but each must occur only once` }];
    first.set(value, path);
    return [];
  });
}

/** Ensures that each identity belongs to one caller, and that each issuer has one key set. */
function identityProblems(identities: readonly (JwtIdentity | undefined)[]): FieldProblem[] {
  const placed = identities.flatMap((jwt, index) =>
    jwt === undefined ? [] : [{ jwt, at: ['callers', index, 'jwt'] }],
  );
  const repeated = repetitions(
    placed.map(({ jwt, at }) => [at, JSON.stringify([jwt.issuer, jwt.audience, jwt.subject])]),
  );
  const differing = placed.flatMap(({ jwt, at }) => {
    const first = placed.find((other) => other.jwt.issuer === jwt.issuer);
    return KEY_FIELDS.filter((field) => first !== undefined && first.jwt[field] !== jwt[field]).map(
      (field): FieldProblem => ({
        path: [...at, field],
        text: `differs from ${toPath([...(first?.at ?? []), field])}, but an issuer has one set of keys`,
      }),
    );
  });
  return [...repeated, ...differing];
}
