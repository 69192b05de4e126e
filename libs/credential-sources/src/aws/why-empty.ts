interface EmptyListing {
  readonly region: string;
  readonly prefix: string;
  /** Whether the configuration names the secrets. */
  readonly isNamed: boolean;
  /** How many secrets under the prefix have no valid credential name. */
  readonly skipped: number;
}

/** Why no secret is a credential, with the remedy. */
export function whyEmpty({ region, prefix, isNamed, skipped }: EmptyListing): string {
  if (isNamed) {
    return `None of the secrets in CREDENTIAL_SECRET_NAMES exists in ${region}. Check the names and AWS_REGION.`;
  }
  return skipped > 0
    ? `All ${skipped} secrets in ${region} that start with ${prefix} are skipped: the rest of a name must be a ` +
        "credential's name. Check CREDENTIAL_SECRET_PREFIX."
    : `No secret in ${region} starts with ${prefix}. Check AWS_REGION, the AWS account and CREDENTIAL_SECRET_PREFIX ` +
        '(its case, and a slash at its start).';
}
