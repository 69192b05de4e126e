/** The kind of policy that refuses, by the wording of AWS ("Troubleshoot access denied error messages"). */
type Denial =
  'boundary' | 'endpoint' | 'scp' | 'rcp' | 'session' | 'resource' | 'identity' | 'explicit' | 'kms';

/** In this order: an explicit deny names the kind of its policy as well. */
const WORDING: readonly (readonly [RegExp, Denial])[] = [
  [/permissions boundary/i, 'boundary'],
  [/VPC endpoint policy/i, 'endpoint'],
  [/service control policy/i, 'scp'],
  [/resource control policy/i, 'rcp'],
  [/session policy/i, 'session'],
  [/access to KMS is not allowed|kms:Decrypt|ciphertext|KMS key/i, 'kms'],
  [/resource-based policy/i, 'resource'],
  [/no identity-based policy/i, 'identity'],
  [/identity-based policy/i, 'identity'],
  [/explicit deny/i, 'explicit'],
];

const PLACES: Readonly<Record<Exclude<Denial, 'kms'>, string>> = {
  boundary: 'the permissions boundary of the role or user',
  endpoint: 'the policy of the VPC endpoint for Secrets Manager',
  scp: 'a service control policy of the AWS organization',
  rcp: 'a resource control policy of the AWS organization',
  session: 'the session policy of the assumed role',
  resource: "the secret's resource policy",
  identity: 'a policy of the role or user',
  explicit: 'a policy',
};

/**
 * The remedy that AWS's message of a denial tells; null when it tells none. The message itself is not in it,
 * because it names the account and the identity.
 * @param action the name in IAM policies: `secretsmanager:ListSecrets`
 */
export function denialRemedy(message: string, action: string): string | null {
  const denial = WORDING.find(([pattern]) => pattern.test(message))?.[1];
  if (denial === undefined) return null;
  if (denial === 'kms') {
    return 'The KMS key of the secret refuses: allow kms:Decrypt (to store, kms:GenerateDataKey too) in the role’s policy and in the key’s policy.';
  }
  const isExplicit = /explicit deny/i.test(message);
  // The usual remedy of each action says this already, and names the other permissions it needs.
  if (denial === 'identity' && !isExplicit) return null;
  const place = PLACES[denial];
  return isExplicit
    ? `An explicit deny in ${place} forbids ${action}: remove it or add an exception; an allow elsewhere has no effect.`
    : `${place.charAt(0).toUpperCase()}${place.slice(1)} does not allow ${action}: allow it there.`;
}
