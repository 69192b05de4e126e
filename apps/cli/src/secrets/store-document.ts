import type { SecretStage } from '#libs/tokens';

import { CommandFailure } from '../command-failure.ts';
import { EXIT } from '../exit-codes.ts';
import type { CredentialSecret, LabelledVersions } from './credential-secret.ts';

/** The result of storing a document. */
export interface StoredDocument {
  readonly outcome: 'created' | 'stored' | 'unchanged';
  readonly versionId: string;
  readonly stage: SecretStage;
  /** Another version that a `promote` would put in use; null without one. */
  readonly otherPending: string | null;
}

/**
 * Stores a document unchanged. It creates no version for a document that is in use or stored with the same
 * label.
 */
export async function storeDocument(
  secret: CredentialSecret,
  document: Buffer,
  stage: 'AWSCURRENT' | 'AWSPENDING',
): Promise<StoredDocument> {
  const versions = await secret.versions();
  if (stage === 'AWSPENDING' && (versions === null || versions.current === null))
    throw nothingInUse(secret.name);
  const text = document.toString('utf8');
  if (versions === null) {
    return { outcome: 'created', versionId: await secret.create(text), stage, otherPending: null };
  }
  const same = await findSame(secret, versions, document, stage);
  if (same !== null)
    return { ...same, outcome: 'unchanged', otherPending: otherPending(versions, same.versionId) };
  const versionId = await secret.add(text, stage);
  const left = stage === 'AWSPENDING' ? null : otherPending(versions, versionId);
  return { outcome: 'stored', versionId, stage, otherPending: left };
}

async function findSame(
  secret: CredentialSecret,
  { current, pending }: LabelledVersions,
  document: Buffer,
  stage: SecretStage,
): Promise<{ versionId: string; stage: SecretStage } | null> {
  const isSame = async (versionId: string): Promise<boolean> => document.equals(await secret.read(versionId));
  if (current !== null && (await isSame(current))) return { versionId: current, stage: 'AWSCURRENT' };
  if (stage === 'AWSPENDING' && pending !== null && pending !== current && (await isSame(pending))) {
    return { versionId: pending, stage: 'AWSPENDING' };
  }
  return null;
}

/** After most rotations the version in use has AWSPENDING too, and needs no promotion. */
const otherPending = ({ current, pending }: LabelledVersions, versionId: string): string | null =>
  pending === current || pending === versionId ? null : pending;

const nothingInUse = (name: string): CommandFailure =>
  new CommandFailure({
    code: 'nothing_in_use',
    diagnosis:
      `${name} has no version in use, so there is nothing that a pending one could replace: ` +
      'AWS puts a first version in use at once. Store the document without --pending.',
    exitCode: EXIT.bad,
  });
