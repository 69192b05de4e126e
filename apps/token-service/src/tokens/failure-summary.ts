import { toIso, type CredentialStatusRecord } from '#libs/tokens';

/** Why a credential has no token, for callers that may not read its status. */
interface FailureSummary {
  /** Members of the problem: `reason`, `since` and `next_attempt_at`, where they apply. */
  readonly members: Readonly<Record<string, string>>;
  /** The same as a sentence, or an empty text. ASCII without quotes, as OAuth requires. */
  readonly sentence: string;
}

const NOTHING_KNOWN: FailureSummary = { members: {}, sentence: '' };

/** Summarises the last failure of a credential. The diagnosis is left out: it is for operators. */
export function failureSummary(status: CredentialStatusRecord | null | undefined): FailureSummary {
  const failure = status?.lastFailure;
  if (!status?.failing || !failure) return NOTHING_KNOWN;
  const { code } = failure;
  const since = toIso(status.history.findLast((entry) => entry.code === code)?.since ?? failure.at);
  const next = status.nextAttemptAt === null ? null : toIso(status.nextAttemptAt);
  return {
    members: { reason: code, since, ...(next === null ? {} : { next_attempt_at: next }) },
    sentence:
      `The reason is ${code} since ${since} (docs/errors.md has the remedy). ` +
      (next === null
        ? 'The service does not try again by itself: tell the team that runs it.'
        : `The next attempt is at ${next}; if it goes on, tell the team that runs this service.`),
  };
}
