import { NAME_RULE, toCredentialName } from '#libs/tokens';

import { usageFailure } from '../command-failure.ts';
import { environment } from '../command-line.ts';

/** The service's own default. */
const PREFIX = 'ims/';
/** AWS allows 512 of these in the whole name (CreateSecret, Name). */
const PREFIX_RULE = /^[\w/+=.@-]{0,400}$/;

/** The flag that says how the names of the secrets begin. */
export const PREFIX_FLAG = { prefix: { type: 'string' } } as const;

export const PREFIX_HELP = `  --prefix PREFIX          what secrets' names start with, as the service's CREDENTIAL_SECRET_PREFIX, which is also
                           read here (default: ${PREFIX})`;

/** The name of the secret that holds a credential. @throws CommandFailure where there can be none */
export function secretName(name: string, prefix = environment('CREDENTIAL_SECRET_PREFIX') ?? PREFIX): string {
  if (toCredentialName(name) === null) throw usageFailure(`NAME must be a credential's name: ${NAME_RULE}.`);
  if (!PREFIX_RULE.test(prefix)) {
    throw usageFailure('--prefix (or CREDENTIAL_SECRET_PREFIX) may have letters, digits and /_+=.@- only.');
  }
  return `${prefix}${name}`;
}
