import {
  stateOf,
  toIso,
  type Clock,
  type CredentialKind,
  type CredentialState,
  type Failure,
  type Holding,
  type Instant,
  type TokenVendor,
} from '#libs/tokens';

interface FailureStatus {
  readonly at: string;
  readonly code: string;
  readonly diagnosis: string;
}

/** A credential's health as `/v1/status` writes it: what is absent is null, times are ISO 8601. */
export interface CredentialStatus {
  readonly name: string;
  readonly kind: CredentialKind | null;
  readonly state: CredentialState;
  readonly expires_at: string | null;
  readonly refresh_due_at: string | null;
  readonly runway_seconds: number | null;
  readonly certificate_expires_at: string | null;
  readonly version: string | null;
  readonly stage: string | null;
  readonly last_failure: FailureStatus | null;
  /** A version that is staged `AWSPENDING` and was tried at IMS; without `failure` it may be promoted. */
  readonly pending: {
    readonly version: string;
    readonly tried_at: string;
    readonly failure: FailureStatus | null;
  } | null;
}

const failureStatus = (failure: Failure | null): FailureStatus | null =>
  failure && { at: toIso(failure.at), code: failure.code, diagnosis: failure.diagnosis };
const isoOrNull = (value: Instant | null | undefined): string | null => (value ? toIso(value) : null);

export function credentialStatus(holding: Holding, vendor: TokenVendor, clock: Clock): CredentialStatus {
  const { name, held, report } = holding;
  const pending = report?.pending ?? null;
  return {
    name,
    kind: report?.kind ?? null,
    state: stateOf(holding, vendor),
    expires_at: isoOrNull(held?.record.token.expiresAt),
    refresh_due_at: isoOrNull(vendor.refreshDueAt(holding)),
    runway_seconds: held === null ? null : Math.max(0, Math.floor(held.remaining(clock) / 1000)),
    certificate_expires_at: isoOrNull(report?.certificateExpiresAt),
    version: report?.version ?? null,
    stage: report?.stage ?? null,
    last_failure: failureStatus(report?.lastFailure ?? null),
    pending:
      pending === null
        ? null
        : { version: pending.version, tried_at: toIso(pending.at), failure: failureStatus(pending.failure) },
  };
}
