import { ApiError } from './api-error.ts';
import type { RequestOf } from './requests.ts';

type Entry = Record<string, unknown>;

/** One page of the secrets that pass the filters. */
export function listSecrets(entries: readonly Entry[], request: RequestOf<'ListSecrets'>): Entry {
  const { Filters = [], MaxResults = 100, NextToken, IncludePlannedDeletion = false } = request;
  const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString());
  if (!Number.isInteger(start)) {
    throw new ApiError('InvalidNextTokenException', 'The NextToken value is invalid.');
  }
  const all = entries.filter(
    ({ Name, DeletedDate }) =>
      (IncludePlannedDeletion || DeletedDate === undefined) &&
      Filters.every(({ Values }) => Values.some((text) => matches(String(Name), text))),
  );
  const end = start + MaxResults;
  const more = end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {};
  return { SecretList: all.slice(start, end), ...more };
}

/** AWS's filter `name`: a prefix, case-sensitive; with "!" in front everything else. */
function matches(name: string, filter: string): boolean {
  return filter.startsWith('!') ? !name.startsWith(filter.slice(1)) : name.startsWith(filter);
}
