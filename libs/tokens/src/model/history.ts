import type { Instant } from './units.ts';

/**
 * The types of history entries: `refreshed` (a new token); `rotated` (the first token of another version);
 * `failed` (an exchange); `fell-back` (a token of the previous version, as the current one is refused);
 * `problem` (the stored document is unusable, or expires soon).
 */
export const HISTORY_TYPES = ['refreshed', 'rotated', 'failed', 'fell-back', 'problem'] as const;
export type HistoryType = (typeof HISTORY_TYPES)[number];

/** An event of a credential, or the same event several times in a row. */
export interface HistoryEntry {
  readonly type: HistoryType;
  /** The code of the failure; null where nothing failed. */
  readonly code: string | null;
  /** When the first event happened. */
  readonly since: Instant;
  /** When the last event happened. */
  readonly at: Instant;
  readonly count: number;
}

/**
 * The history type of a new token.
 * @param before the version of the token before; null where there was none
 */
export const successOf = (version: string, before: string | null): HistoryType =>
  before === null || before === version ? 'refreshed' : 'rotated';

/** How many entries are kept: about a week's, and few enough to be part of every status record. */
export const MAX_HISTORY_ENTRIES = 16;

/**
 * Returns the history with one more event, newest last. A repeated failure extends the last entry, so that an
 * outage does not push out older entries.
 */
export function remembering(
  history: readonly HistoryEntry[],
  { type, code, at }: Pick<HistoryEntry, 'type' | 'code' | 'at'>,
): readonly HistoryEntry[] {
  const last = history.at(-1);
  if (code === null || last?.type !== type || last.code !== code) {
    return [...history, { type, code, since: at, at, count: 1 }].slice(-MAX_HISTORY_ENTRIES);
  }
  // A problem counts once, however many processes find it.
  if (type === 'problem') return history;
  return [...history.slice(0, -1), { ...last, at, count: last.count + 1 }];
}
