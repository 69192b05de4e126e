import type { Instant } from './units.ts';

/**
 * What a credential's history tells of: `refreshed` (a new token); `rotated` (the first token of another version);
 * `failed` (an exchange); `fell-back` (a token, but of the previous version, as the current one is refused);
 * `problem` (what is stored can't be used, or not for long any more).
 */
export const HISTORY_TYPES = ['refreshed', 'rotated', 'failed', 'fell-back', 'problem'] as const;
export type HistoryType = (typeof HISTORY_TYPES)[number];

/** Something that happened to a credential, or the same thing several times in a row. */
export interface HistoryEntry {
  readonly type: HistoryType;
  /** Of the failure, as `lastFailure` names it; null where nothing failed. */
  readonly code: string | null;
  /** When it happened the first time … */
  readonly since: Instant;
  /** … and the last. */
  readonly at: Instant;
  readonly count: number;
}

/** What a new token is in the history. @param before the version of the token before, null where there was none */
export const successOf = (version: string, before: string | null): HistoryType =>
  before === null || before === version ? 'refreshed' : 'rotated';

/** How many entries are kept: a week of an ordinary credential's, and few enough to travel with every report. */
export const MAX_HISTORY_ENTRIES = 16;

/** The history with one more happening, newest last. The same failure again is no new entry, so that an outage pushes out nothing. */
export function remembering(
  history: readonly HistoryEntry[],
  { type, code, at }: Pick<HistoryEntry, 'type' | 'code' | 'at'>,
): readonly HistoryEntry[] {
  const last = history.at(-1);
  if (code === null || last?.type !== type || last.code !== code) {
    return [...history, { type, code, since: at, at, count: 1 }].slice(-MAX_HISTORY_ENTRIES);
  }
  // A problem is one however many processes come upon it.
  if (type === 'problem') return history;
  return [...history.slice(0, -1), { ...last, at, count: last.count + 1 }];
}
