import {
  stateOf,
  toIso,
  type Clock,
  type Failure,
  type Holding,
  type Instant,
  type TokenVendor,
} from '#libs/tokens';

import type { CredentialStatus } from './status-schema.ts';

const failureStatus = (failure: Failure | null): CredentialStatus['last_failure'] =>
  failure && { at: toIso(failure.at), code: failure.code, diagnosis: failure.diagnosis };
const isoOrNull = (value: Instant | null | undefined): string | null => (value ? toIso(value) : null);

/** What is known of a credential, as `/v1/status` writes it. */
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
