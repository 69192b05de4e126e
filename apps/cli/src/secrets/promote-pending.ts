import { CommandFailure } from '../command-failure.ts';
import { EXIT } from '../exit-codes.ts';
import type { CredentialSecret } from './credential-secret.ts';

/** The result of `promote`. */
export interface Promotion {
  /** `finished`: the version was in use already, and only its label AWSPENDING was left. */
  readonly outcome: 'promoted' | 'finished';
  readonly versionId: string;
  /** The version that was in use before. */
  readonly previousVersionId: string | null;
}

/**
 * Puts the pending version in use. After an interruption it can run again.
 * @param approve throws when the document must not be put in use
 */
export async function promotePending(
  secret: CredentialSecret,
  approve: (document: Uint8Array) => Promise<void>,
): Promise<Promotion> {
  const versions = await secret.versions();
  if (versions === null) {
    throw refusal(
      'secret_not_found',
      `There is no secret ${secret.name}. Check NAME, --prefix and AWS_REGION.`,
    );
  }
  const { current, pending } = versions;
  if (pending === null) {
    const diagnosis = `${secret.name} has no pending version. Store one with: ims-token put NAME FILE --pending`;
    throw refusal('nothing_pending', diagnosis);
  }
  if (pending !== current) {
    await approve(await secret.read(pending));
    // AWS itself moves AWSPREVIOUS to the version that was in use.
    await secret.moveLabel('AWSCURRENT', { from: current, to: pending });
  }
  await secret.moveLabel('AWSPENDING', { from: pending, to: null });
  return pending === current
    ? { outcome: 'finished', versionId: pending, previousVersionId: null }
    : { outcome: 'promoted', versionId: pending, previousVersionId: current };
}

const refusal = (code: string, diagnosis: string): CommandFailure =>
  new CommandFailure({ code, diagnosis, exitCode: EXIT.bad });
