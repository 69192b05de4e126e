import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialStatusRecord, Failure } from '../model/credential-status-record.ts';
import { remembering, type HistoryType } from '../model/history.ts';
import { instant, type Instant } from '../model/units.ts';
import type { CredentialEntry } from '../serving/current-tokens.ts';
import type { FailedAttempt } from './failed-attempts.ts';

/** As many as the sources of a few processes may differ in. */
const MAX_MINTED_VERSIONS = 4;

interface StatusRecordParts {
  readonly credential: SourcedCredential;
  /** What this process knows so far; null where it knows nothing. */
  readonly entry: CredentialEntry | null;
  /** The last failed attempt with this version; null where there is none. */
  readonly attempt: FailedAttempt | null;
  readonly failure: Failure | null;
  /** The history entry to add; null where nothing happened. */
  readonly happened: HistoryType | null;
  /** Whether the source has just replaced the version. */
  readonly isReplaced: boolean;
  /** The version that has had its token; null where there is none. */
  readonly minted: string | null;
  readonly now: Instant;
}

/** Composes the status record of a credential from what is known and from what just happened. */
export function composeStatusRecord({
  credential: { name, content, version, stage, otherVersions },
  entry,
  attempt,
  failure,
  happened,
  isReplaced,
  minted,
  now,
}: StatusRecordParts): CredentialStatusRecord {
  const earlier = entry?.status ?? null;
  const versionInService = entry?.cached?.record.version ?? version;
  const isOnPrevious = failure !== null && versionInService === otherVersions.previous;
  const history = earlier?.history ?? [];
  // A process that starts must not end the wait that another process published for the same version.
  const isUnchanged = failure === null && happened === null && earlier?.attempt?.version === version;
  const known = isUnchanged ? earlier : null;
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
    failing: failure !== null || known?.failing === true,
    lastFailure: failure ?? earlier?.lastFailure ?? null,
    nextAttemptAt: attempt?.nextAttemptAt ?? known?.nextAttemptAt ?? null,
    attempt: attempt
      ? { version: attempt.version, failuresInARow: attempt.failuresInARow }
      : (known?.attempt ?? null),
    pending: earlier?.pending?.version === otherVersions.pending ? (earlier?.pending ?? null) : null,
    history:
      happened === null
        ? history
        : remembering(history, { type: happened, code: failure?.code ?? null, at: now }),
    mintedVersions: mintedVersions(earlier?.mintedVersions ?? [], minted, isReplaced ? version : null),
    causedAt: earlier?.causedAt ?? [],
  };
}

/** A version that comes back, such as after a rollback, must mint again. */
function mintedVersions(
  earlier: readonly string[],
  minted: string | null,
  returned: string | null,
): readonly string[] {
  const others = earlier.filter((version) => version !== minted && version !== returned);
  return (minted === null || minted === returned ? others : [...others, minted]).slice(-MAX_MINTED_VERSIONS);
}

const certificateEnd = (content: SourcedCredential['content']): Instant | null =>
  content.kind === 'jwt' ? content.certificate.notAfter : null;
