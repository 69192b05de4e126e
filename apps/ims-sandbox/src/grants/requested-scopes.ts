import { ImsRefusalError } from '../wire/ims-refusal.ts';
import { SCOPE_NOT_GRANTED } from './grant-refusals.ts';

/**
 * Reads the scopes of a client_credentials request, separated by commas or spaces. IMS refuses a request
 * without scopes, and a scope that the account does not have.
 */
export function requestedScopes(scope: string | undefined, granted: readonly string[]): readonly string[] {
  const requested = [...new Set((scope ?? '').split(/[\s,]+/).filter((each) => each !== ''))];
  if (requested.length === 0 || !requested.every((each) => granted.includes(each)))
    throw new ImsRefusalError(SCOPE_NOT_GRANTED);
  return requested;
}
