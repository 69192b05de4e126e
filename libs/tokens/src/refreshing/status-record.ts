import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialStatusRecord, Failure } from '../model/credential-status-record.ts';
import { remembering, type HistoryType } from '../model/history.ts';
import { instant, type Instant } from '../model/units.ts';
import type { CredentialEntry } from '../serving/current-tokens.ts';
import type { FailedAttempt } from './failed-attempts.ts';

interface StatusRecordParts {
  readonly credential: SourcedCredential;
  /** What this process knows so far; null where it knows nothing. */
  readonly entry: CredentialEntry | null;
  /** The last failed attempt with this version; null where there is none. */
  readonly attempt: FailedAttempt | null;
  readonly failure: Failure | null;
  /** The history entry to add; null where nothing happened. */
  readonly happened: HistoryType | null;
  readonly now: Instant;
}

/** Composes the status record of a credential from what is known and from what just happened. */
export function composeStatusRecord({
  credential: { name, content, version, stage, otherVersions },
  entry,
  attempt,
  failure,
  happened,
  now,
}: StatusRecordParts): CredentialStatusRecord {
  const earlier = entry?.status ?? null;
  const versionInService = entry?.cached?.record.version ?? version;
  const isOnPrevious = failure !== null && versionInService === otherVersions.previous;
  const history = earlier?.history ?? [];
  return {
    name,
    // Later than the earlier record even if the clock was set back since.
    at: instant(Math.max(now, (earlier?.at ?? 0) + 1)),
    kind: content.kind === 'problem' ? content.documentKind : content.kind,
    version: versionInService,
    stage: isOnPrevious ? 'AWSPREVIOUS' : stage,
    certificateExpiresAt:
      certificateEnd(content) ??
      (content.kind === 'problem' ? (earlier?.certificateExpiresAt ?? null) : null),
    failing: failure !== null,
    lastFailure: failure ?? earlier?.lastFailure ?? null,
    nextAttemptAt: attempt?.nextAttemptAt ?? null,
    attempt: attempt && { version: attempt.version, failuresInARow: attempt.failuresInARow },
    pending: earlier?.pending?.version === otherVersions.pending ? (earlier?.pending ?? null) : null,
    history:
      happened === null
        ? history
        : remembering(history, { type: happened, code: failure?.code ?? null, at: now }),
    causedAt: earlier?.causedAt ?? [],
  };
}

const certificateEnd = (content: SourcedCredential['content']): Instant | null =>
  content.kind === 'jwt' ? content.certificate.notAfter : null;
