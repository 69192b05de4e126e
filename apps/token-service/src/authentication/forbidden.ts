import type { Caller, Permission } from '#libs/callers';

import { Problem } from '../http/problem.ts';

const MAX_PATTERNS = 10;

/**
 * The 403 for a token that the caller may not read, or for an action on it. Names nothing but the caller's
 * own rights.
 */
export function forbiddenProblem(caller: Caller, permission: Permission): Problem {
  const { name, patterns } = caller;
  if (!caller.may(permission)) {
    return new Problem(
      'forbidden',
      `The caller ${name} does not have the permission "${permission}". ${REMEDY}`,
    );
  }
  if (permission === 'refresh' && !caller.may('read')) {
    return new Problem('forbidden', `The caller ${name} needs the permission "read" too. ${REMEDY}`);
  }
  const more = patterns.length > MAX_PATTERNS ? ` and ${patterns.length - MAX_PATTERNS} more` : '';
  const own = patterns.length === 0 ? 'no token' : patterns.slice(0, MAX_PATTERNS).join(', ') + more;
  return new Problem(
    'forbidden',
    `The caller ${name} may not ${permission} that token, but: ${own}. ${REMEDY}`,
  );
}

const REMEDY = 'The team that runs this service can change it in the callers file.';
