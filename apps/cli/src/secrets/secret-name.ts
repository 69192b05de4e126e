import { NAME_RULE, toCredentialName } from '#libs/tokens';

import { usageFailure } from '../command-failure.ts';
import { environment } from '../command-line.ts';

/** The default of the service too. */
const PREFIX = 'ims/';
/** AWS allows 512 of these characters in the whole name (CreateSecret, Name). */
const PREFIX_RULE = /^[\w/+=.@-]{0,400}$/;

/** The flag for the prefix of the secrets' names. */
export const PREFIX_FLAG = { prefix: { type: 'string' } } as const;

export const PREFIX_HELP = `  --prefix PREFIX          the start of the secrets' names (default: CREDENTIAL_SECRET_PREFIX as for the service,
                           or ${PREFIX})`;

/**
 * The name of the secret that holds a credential.
 * @throws CommandFailure when the name or the prefix is invalid
 */
export function secretName(name: string, prefix = environment('CREDENTIAL_SECRET_PREFIX') ?? PREFIX): string {
  if (toCredentialName(name) === null) throw usageFailure(`NAME must be a credential's name: ${NAME_RULE}.`);
  if (!PREFIX_RULE.test(prefix)) {
    throw usageFailure('--prefix (or CREDENTIAL_SECRET_PREFIX) may have letters, digits and /_+=.@- only.');
  }
  return `${prefix}${name}`;
}
