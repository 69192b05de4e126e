import { ImsRefusalError } from '../wire/ims-refusal.ts';
import { SCOPE_NOT_GRANTED } from './grant-refusals.ts';

/** The scopes of a client_credentials request: mandatory, comma-separated (spaces are taken too), and only granted ones. */
export function requestedScopes(scope: string | undefined, granted: readonly string[]): readonly string[] {
  const asked = [...new Set((scope ?? '').split(/[\s,]+/).filter((each) => each !== ''))];
  if (asked.length === 0 || !asked.every((each) => granted.includes(each)))
    throw new ImsRefusalError(SCOPE_NOT_GRANTED);
  return asked;
}
