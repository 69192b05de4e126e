import { ImsRefusalError } from '../wire/ims-refusal.ts';
import { UNBOUND_METASCOPES, NO_METASCOPES } from './grant-refusals.ts';

/** The metascopes that an assertion requests, each with a claim `<origin>/s/<scope>: true`. */
export function requestedMetascopes(
  claims: Readonly<Record<string, unknown>>,
  origin: string,
  bound: readonly string[],
): readonly string[] {
  const prefix = `${origin}/s/`;
  const requested = Object.entries(claims)
    .filter(([name, value]) => name.startsWith(prefix) && value === true)
    .map(([name]) => name.slice(prefix.length));
  if (requested.length === 0) throw new ImsRefusalError(NO_METASCOPES);
  if (!requested.every((scope) => bound.includes(scope))) throw new ImsRefusalError(UNBOUND_METASCOPES);
  return requested;
}
