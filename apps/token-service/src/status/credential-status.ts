import {
  stateOf,
  toIso,
  type Clock,
  type Failure,
  type CredentialEntry,
  type Instant,
  type TokenVendor,
} from '#libs/tokens';

import type { CredentialStatus } from './status-schema.ts';

const failureStatus = (failure: Failure | null): CredentialStatus['last_failure'] =>
  failure && { at: toIso(failure.at), code: failure.code, diagnosis: failure.diagnosis };
const isoOrNull = (value: Instant | null | undefined): string | null => (value ? toIso(value) : null);

/** The status of a credential, as `/v1/status` returns it. */
export function credentialStatus(
  entry: CredentialEntry,
  vendor: TokenVendor,
  clock: Clock,
): CredentialStatus {
  const { name, cached, status } = entry;
  const pending = status?.pending ?? null;
  return {
    name,
    kind: status?.kind ?? null,
    state: stateOf(entry, vendor),
    expires_at: isoOrNull(cached?.token.expiresAt),
    refresh_due_at: isoOrNull(vendor.refreshDueAt(entry)),
    runway_seconds: cached === null ? null : Math.max(0, Math.floor(cached.remaining(clock) / 1000)),
    certificate_expires_at: isoOrNull(status?.certificateExpiresAt),
    version: status?.version ?? null,
    stage: status?.stage ?? null,
    last_failure: failureStatus(status?.lastFailure ?? null),
    pending:
      pending === null
        ? null
        : { version: pending.version, tried_at: toIso(pending.at), failure: failureStatus(pending.failure) },
  };
}
