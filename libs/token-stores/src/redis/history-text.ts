import {
  HISTORY_TYPES,
  instant,
  MAX_HISTORY_ENTRIES,
  type HistoryEntry,
  type HistoryType,
} from '#libs/tokens';

/** `refreshed@1768478400000`, or with all parts `failed:ims_throttled@1768478400000-1768478430000*3`. */
const LINE = /^([a-z-]{1,20})(?::(\w{1,64}))?@(\d{1,15})(?:-(\d{1,15})\*(\d{1,9}))?$/;

/** Formats a history, one short text per entry: every process reads all histories about once a second. */
export const writeHistory = (history: readonly HistoryEntry[]): string[] =>
  history.map(({ type, code, since, at, count }) => {
    const what = code === null ? type : `${type}:${code}`;
    return count === 1 ? `${what}@${since}` : `${what}@${since}-${at}*${count}`;
  });

/**
 * Parses a history. Skips unknown entries: earlier versions wrote none, and later ones may have more types.
 */
export function readHistory(value: unknown): readonly HistoryEntry[] {
  if (!Array.isArray(value)) return [];
  return value.slice(-MAX_HISTORY_ENTRIES).flatMap((line) => {
    const [, type, code = null, since, at = since, count = 1] = LINE.exec(String(line)) ?? [];
    const isKnown = HISTORY_TYPES.includes(type as HistoryType);
    if (!isKnown) return [];
    return [
      {
        type: type as HistoryType,
        code,
        since: instant(Number(since)),
        at: instant(Number(at)),
        count: Number(count),
      },
    ];
  });
}
