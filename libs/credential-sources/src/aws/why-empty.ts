import type { SkippedEntry } from '#libs/tokens';

/** How many names a warning lists. */
const MAX_NAMES = 5;

interface EmptyListing {
  readonly region: string;
  readonly prefix: string;
  /** Whether the configuration names the secrets. */
  readonly isNamed: boolean;
  /** The secrets under the prefix that have no valid credential name. */
  readonly skipped: readonly SkippedEntry[];
}

/** Why no secret is a credential, with the remedy. */
export function whyEmpty({ region, prefix, isNamed, skipped }: EmptyListing): string {
  if (isNamed) {
    return `None of the secrets in CREDENTIAL_SECRET_NAMES exists in ${region}. Check the names and AWS_REGION.`;
  }
  if (skipped.length === 0) {
    return (
      `No secret in ${region} starts with ${prefix}. Check AWS_REGION, the AWS account and CREDENTIAL_SECRET_PREFIX ` +
      '(its case, and a slash at its start).'
    );
  }
  const shown = skipped.slice(0, MAX_NAMES).map(({ storedAs }) => JSON.stringify(storedAs));
  const more = skipped.length > MAX_NAMES ? ` and ${skipped.length - MAX_NAMES} more` : '';
  return (
    `No secret in ${region} that starts with ${prefix} has a credential's name after it: skipped ` +
    `${shown.join(', ')}${more}. Check CREDENTIAL_SECRET_PREFIX, or rename them.`
  );
}
