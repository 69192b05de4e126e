import type { CredentialProblem } from '#libs/tokens';

import { troubleOf } from './aws-trouble.ts';

/** What came of reading one secret. */
export type SecretReading =
  | { readonly status: 'read'; readonly version: string; readonly document: Uint8Array }
  /** This secret alone can't be read; the code is AWS's. */
  | { readonly status: 'refused'; readonly code: string };

interface SecretValue {
  readonly VersionId?: string | undefined;
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

/** A secret's value, text or binary alike. */
export function readValue({ VersionId: version, SecretString, SecretBinary }: SecretValue): SecretReading {
  const document = SecretString === undefined ? SecretBinary : Buffer.from(SecretString);
  return version === undefined || document === undefined
    ? { status: 'refused', code: MALFORMED_ANSWER }
    : { status: 'read', version, document };
}

/** Our code for an answer that lacks what AWS always gives. */
export const MALFORMED_ANSWER = 'MalformedAnswer';

/** AWS's own code for a secret, a version or a label that is not there. */
export const NO_CURRENT_VERSION = 'ResourceNotFoundException';

/** Whether the secret or the version is gone: marked for deletion counts, and is an InvalidRequestException. */
export const isGone = (code: string): boolean =>
  code === NO_CURRENT_VERSION || code === 'InvalidRequestException';

/** Whether a later look may well succeed without anybody doing anything. */
export const isPassing = (code: string): boolean => ['server', 'throttled'].includes(troubleOf(code));

/** What is wrong with a secret that can't be read, for people. */
export function unreadableSecret(secretId: string, code: string): CredentialProblem {
  return {
    kind: 'problem',
    documentKind: null,
    code: 'credential_unreadable',
    diagnosis: `The secret ${secretId} can't be read (${code}). ${remedy(code)}`,
  };
}

function remedy(code: string): string {
  if (isPassing(code)) return 'AWS itself failed; it is read again at the next look.';
  if (troubleOf(code) === 'denied') {
    return (
      'Allow secretsmanager:GetSecretValue for it, in the role’s policy and in the secret’s own, ' +
      'and kms:Decrypt for its key where that is not aws/secretsmanager.'
    );
  }
  switch (code) {
    case NO_CURRENT_VERSION:
      return 'It has no version labelled AWSCURRENT: store the document in it.';
    case 'InvalidRequestException':
      return 'It is marked for deletion, or another service manages it: restore it, or store the document elsewhere.';
    case 'DecryptionFailure':
      return 'Its KMS key can’t decrypt it: check that the key is enabled, and allow kms:Decrypt for it.';
    case MALFORMED_ANSWER:
      return 'AWS never answers so: check AWS_ENDPOINT_URL_SECRETS_MANAGER, and what else may answer in its place.';
    default:
      return 'Look the error up in the AWS Secrets Manager API reference.';
  }
}
