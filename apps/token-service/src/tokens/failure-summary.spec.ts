import { instant, type CredentialStatusRecord } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failureSummary } from './failure-summary.ts';

const at = instant(Date.parse('2026-03-01T10:00:00Z'));
const since = instant(Date.parse('2026-03-01T09:00:00Z'));
const entry = { type: 'failed', code: 'ims_unreachable', since, at, count: 9 } as const;
const record = {
  failing: true,
  lastFailure: { at, code: 'ims_unreachable', diagnosis: 'proxy.internal refused' },
  nextAttemptAt: instant(Date.parse('2026-03-01T10:05:00Z')),
  history: [{ ...entry, since: instant(0), at: instant(0) }, { ...entry }],
} as unknown as CredentialStatusRecord;

describe('failureSummary', () => {
  it('has the code, the begin of the failure and the next attempt, and not the diagnosis', () => {
    const { members, sentence } = failureSummary(record);
    expect(members).toEqual({
      reason: 'ims_unreachable',
      since: '2026-03-01T09:00:00.000Z',
      next_attempt_at: '2026-03-01T10:05:00.000Z',
    });
    for (const value of Object.values(members)) expect(sentence).toContain(value);
    expect(sentence).not.toContain('proxy.internal');
  });

  it.each([
    ['a failure that is not in the history', { history: [] }, '2026-03-01T10:00:00.000Z'],
    ['no next attempt', { nextAttemptAt: null }, '2026-03-01T09:00:00.000Z'],
  ])('copes with %s', (_what, change, begin) => {
    const { members, sentence } = failureSummary({ ...record, ...change });
    expect(members['since']).toBe(begin);
    expect(sentence).toContain('the team that runs');
  });

  it.each([undefined, null, { ...record, failing: false }, { ...record, lastFailure: null }])(
    'is empty where nothing is known to fail',
    (status) => {
      expect(failureSummary(status)).toEqual({ members: {}, sentence: '' });
    },
  );
});
