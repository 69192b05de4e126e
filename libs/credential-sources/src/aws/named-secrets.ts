import { toCredentialName, type CredentialName } from '#libs/tokens';

import type { ListedSecret } from './listed-secret.ts';

/** AWS allows these characters in the name of a secret (CreateSecret, Name). */
const NAME = /^[\w/+=.@-]{1,512}$/;
/** AWS adds a hyphen and six characters to the name in an ARN. */
const ARN = /^arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:([\w/+=.@-]{1,512})-[A-Za-z0-9]{6}$/;

/**
 * Reads a comma-separated list of names or complete ARNs.
 * @throws Error with the position of an invalid entry
 */
export function parseSecretNames(text: string): readonly string[] {
  const ids = text.split(',').map((id) => id.trim());
  const names = ids.map((id) => credentialNameOf(id, ''));
  const invalid = names.indexOf(null);
  if (invalid >= 0) {
    throw new Error(
      `entry ${invalid + 1} must be the name or the complete ARN of a secret, whose last part is a credential's name`,
    );
  }
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (repeated >= 0) throw new Error(`entry ${repeated + 1} has the credential's name of an earlier entry`);
  return ids;
}

/** The named secrets, without versions: their values are read at each poll. */
export function namedSecrets(
  ids: readonly string[],
  prefix: string,
): ReadonlyMap<CredentialName, ListedSecret> {
  return new Map(
    ids.flatMap((secretId) => {
      const name = credentialNameOf(secretId, prefix);
      return name === null ? [] : [[name, { name, secretId, versions: null }] as const];
    }),
  );
}

/** The part after the prefix where a name has it, else the part after the last slash. */
function credentialNameOf(id: string, prefix: string): CredentialName | null {
  const secretName = ARN.exec(id)?.[1] ?? (NAME.test(id) ? id : null);
  if (secretName === null) return null;
  const rest = prefix !== '' && secretName.startsWith(prefix) ? secretName.slice(prefix.length) : null;
  return (
    (rest === null ? null : toCredentialName(rest)) ??
    toCredentialName(secretName.slice(secretName.lastIndexOf('/') + 1))
  );
}
