import {
  stateOf,
  toIso,
  type Clock,
  type CredentialKind,
  type CredentialState,
  type Holding,
  type Instant,
  type TokenVendor,
} from '#libs/tokens';

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
  readonly last_failure: { readonly at: string; readonly code: string; readonly diagnosis: string } | null;
}

const isoOrNull = (value: Instant | null | undefined): string | null => (value ? toIso(value) : null);

export function credentialStatus(holding: Holding, vendor: TokenVendor, clock: Clock): CredentialStatus {
  const { name, held, report } = holding;
  const failure = report?.lastFailure ?? null;
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
    last_failure:
      failure === null ? null : { at: toIso(failure.at), code: failure.code, diagnosis: failure.diagnosis },
  };
}
