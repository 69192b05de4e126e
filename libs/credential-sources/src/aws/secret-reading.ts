import { printable, type CredentialProblem } from '#libs/tokens';

import { kindOfCode } from './aws-error.ts';

/** The result of reading one secret. */
export type SecretReading =
  | { readonly status: 'read'; readonly version: string; readonly document: Uint8Array }
  /** This secret alone can't be read, for the reason that AWS's code names. */
  | {
      readonly status: 'refused';
      readonly code: string;
      /** The remedy that AWS's words tell, if they do. */
      readonly denial?: string | null;
    };

interface SecretValue {
  readonly VersionId?: string | undefined;
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

/** In characters, AWS's own limit. */
const MAX_VERSION = 64;
/** The id of a version as AWS answered it, safe to print. */
export const printableVersion = (version: string): string => printable(version, MAX_VERSION);

/** Reads a secret's value, text or binary. */
export function readValue({ VersionId: version, SecretString, SecretBinary }: SecretValue): SecretReading {
  const document = SecretString === undefined ? SecretBinary : Buffer.from(SecretString);
  if (version === undefined || document === undefined) return { status: 'refused', code: MALFORMED_ANSWER };
  return document.byteLength > MAX_SECRET_BYTES
    ? { status: 'refused', code: SECRET_TOO_LARGE }
    : { status: 'read', version: printableVersion(version), document };
}

/** This library's code for an answer without a field that AWS always sends. */
export const MALFORMED_ANSWER = 'MalformedAnswer';

/** This library's code for a value that AWS would not have stored. */
const SECRET_TOO_LARGE = 'SecretTooLarge';
/** AWS's own limit ("AWS Secrets Manager quotas"). */
const MAX_SECRET_BYTES = 64 * 1024;

/** AWS's code for a secret, a version or a label that does not exist. */
export const NO_CURRENT_VERSION = 'ResourceNotFoundException';

/**
 * Whether the secret or the version is gone. For a secret marked for deletion AWS's code is
 * InvalidRequestException.
 */
export const isGone = (code: string): boolean =>
  code === NO_CURRENT_VERSION || code === 'InvalidRequestException';

/** Whether a later read may succeed without a change of the secret or its policy. */
export const isTransient = (code: string): boolean => ['server', 'throttled'].includes(kindOfCode(code));

/** The problem of a secret that can't be read, with its remedy. */
export function unreadableSecret(
  secretId: string,
  code: string,
  denial: string | null = null,
): CredentialProblem {
  return {
    kind: 'problem',
    documentKind: null,
    code: 'credential_unreadable',
    diagnosis: `The secret ${secretId} can't be read (${code}). ${denial ?? remedy(code)}`,
  };
}

function remedy(code: string): string {
  if (isTransient(code)) return 'AWS itself failed. The service reads it again at the next poll.';
  if (kindOfCode(code) === 'denied') {
    return (
      'Allow secretsmanager:GetSecretValue for it, in the role’s policy and in the secret’s own, ' +
      'and kms:Decrypt for its key unless that is aws/secretsmanager.'
    );
  }
  switch (code) {
    case NO_CURRENT_VERSION:
      return 'It has no version labelled AWSCURRENT: store the document in it.';
    case 'InvalidRequestException':
      return 'It is marked for deletion, or another service manages it: restore it, or store the document elsewhere.';
    case 'DecryptionFailure':
      return 'Its KMS key can’t decrypt it: check that the key is enabled, and allow kms:Decrypt for it.';
    case SECRET_TOO_LARGE:
      return 'Its value exceeds 64 KiB, the limit of AWS: check AWS_ENDPOINT_URL_SECRETS_MANAGER, and store the document unchanged.';
    case MALFORMED_ANSWER:
      return 'AWS never answers so: check AWS_ENDPOINT_URL_SECRETS_MANAGER, and look for a proxy that answers instead of AWS.';
    default:
      return 'Look the error up in the AWS Secrets Manager API reference.';
  }
}
