import { SourceUnavailable } from '#libs/tokens';

/** What has to change: the set-up of this process, a permission at AWS, the network, or nothing but time. */
export type CredentialsFailureKind = 'configuration' | 'refused' | 'unreachable' | 'passing';

/** Why a provider of AWS credentials had none. */
export interface CredentialsDiagnosis {
  readonly kind: CredentialsFailureKind;
  /** The provider in words: `the web identity of AWS_ROLE_ARN`. */
  readonly provider: string;
  /** The call or the step that failed: `sts:AssumeRole`. */
  readonly call: string;
  /** AWS's or Node's code, or a short reason. */
  readonly code: string;
  readonly remedy: string;
}

/**
 * There are no AWS credentials, so Secrets Manager was not asked. It has no message of AWS or the SDK: those
 * may quote a token.
 */
export class AwsCredentialsFailure extends SourceUnavailable {
  readonly kind: CredentialsFailureKind;

  constructor({ kind, provider, call, code, remedy }: CredentialsDiagnosis) {
    super(`AWS credentials can't be had from ${provider}: ${call} failed (${code}). ${remedy}`);
    this.kind = kind;
  }
}
