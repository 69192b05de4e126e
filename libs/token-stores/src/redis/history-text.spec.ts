import { instant, MAX_HISTORY_ENTRIES, type HistoryEntry } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { readHistory, writeHistory } from './history-text.ts';

const NOON = instant(Date.UTC(2026, 0, 15, 12));
const ONE: HistoryEntry = { type: 'refreshed', code: null, since: NOON, at: NOON, count: 1 };
const MANY: HistoryEntry = {
  type: 'fell-back',
  code: 'ims_invalid_client_secret',
  since: NOON,
  at: instant(NOON + 1000),
  count: 12,
};

describe('writeHistory and readHistory', () => {
  it('round-trip every entry', () => {
    const history: HistoryEntry[] = [ONE, MANY, { ...ONE, type: 'failed', code: 'ims_timeout' }];
    expect(readHistory(JSON.parse(JSON.stringify(writeHistory(history))))).toEqual(history);
  });

  it('read no history from a status record without one', () => {
    expect(readHistory(undefined)).toEqual([]);
  });

  it('skip malformed and unknown entries only', () => {
    const odd = ['promoted@1', 'refreshed@x', 'refreshed', 7, null, 'failed:<b>@1', 'constructor@1'];
    expect(readHistory([...odd, ...writeHistory([ONE])])).toEqual([ONE]);
  });

  it('read at most the maximum number of entries, the newest', () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `refreshed@${index}`);
    expect(readHistory(lines)).toHaveLength(MAX_HISTORY_ENTRIES);
    expect(readHistory(lines).at(-1)?.at).toBe(999);
  });
});
