import { RefusedByIms } from './ims-refusal.ts';
import { METASCOPES_NOT_BOUND, NO_METASCOPES } from './refusals.ts';

/** The metascopes an assertion asks for: one claim `<origin>/s/<scope>: true` each. */
export function requestedMetascopes(
  claims: Readonly<Record<string, unknown>>,
  origin: string,
  bound: readonly string[],
): readonly string[] {
  const prefix = `${origin}/s/`;
  const asked = Object.entries(claims)
    .filter(([name, value]) => name.startsWith(prefix) && value === true)
    .map(([name]) => name.slice(prefix.length));
  if (asked.length === 0) throw new RefusedByIms(NO_METASCOPES);
  if (!asked.every((scope) => bound.includes(scope))) throw new RefusedByIms(METASCOPES_NOT_BOUND);
  return asked;
}
