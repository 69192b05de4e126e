import { toIso, type Clock, type HistoryEntry, type CredentialEntry, type TokenVendor } from '#libs/tokens';

import { credentialStatus } from '../status/credential-status.ts';
import type { CredentialStatus } from '../status/status-schema.ts';

/**
 * A history entry as an array, for short JSON: `[type, since]` or `[type, since, code, at, count]`; epoch
 * seconds.
 */
type HistoryRow = readonly [string, number] | readonly [string, number, string | null, number, number];

/** The status of a credential for the dashboard, without fields that change with time alone. */
export interface CredentialView extends Omit<CredentialStatus, 'runway_seconds'> {
  readonly issued_at: string | null;
  readonly next_attempt_at: string | null;
  readonly history: readonly HistoryRow[];
}

export function credentialView(entry: CredentialEntry, vendor: TokenVendor, clock: Clock): CredentialView {
  const { runway_seconds: _, ...shown } = credentialStatus(entry, vendor, clock);
  const { cached, status } = entry;
  const nextAttemptAt = status?.failing === true ? status.nextAttemptAt : null;
  return {
    ...shown,
    issued_at: cached === null ? null : toIso(cached.token.issuedAt),
    next_attempt_at: nextAttemptAt === null ? null : toIso(nextAttemptAt),
    history: (status?.history ?? []).map(historyRow),
  };
}

const seconds = (millis: number): number => Math.round(millis / 1000);

const historyRow = ({ type, code, since, at, count }: HistoryEntry): HistoryRow =>
  code === null && count === 1 ? [type, seconds(since)] : [type, seconds(since), code, seconds(at), count];
