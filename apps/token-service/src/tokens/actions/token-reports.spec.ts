import { setImmediate as turn } from 'node:timers/promises';

import {
  AccessToken,
  instant,
  seconds,
  SystemClock,
  toCredentialName,
  type RefresherResponse,
  type CredentialName,
  type CurrentTokens,
  type ReportOutcome,
} from '#libs/tokens';
import { MemoryTokenStore } from '#libs/token-stores';
import { beforeEach, describe, expect, it } from 'vitest';

import { TokenWaiters } from '../token-waiters.ts';
import { TokenReports } from './token-reports.ts';
import { servingSideOver } from '../../../../../test/support/serving-side.ts';
import { ScriptedRefresherClient } from '../../../../../test/fakes/scripted-refresher-client.ts';

const NAME = toCredentialName('aem-dev') as CredentialName;
const recordOf = (generation: number) => ({
  name: NAME,
  generation,
  token: new AccessToken(`token-${generation}`, instant(0), instant(86_400_000)),
  version: 'v1',
});
const FIRST = recordOf(1);
const answered = (outcome: ReportOutcome): RefresherResponse => ({
  type: 'report-answered',
  outcome,
  retryAfter: seconds(7),
});

let store: MemoryTokenStore;
let tokens: CurrentTokens;
let refresher: ScriptedRefresherClient;
let reports: TokenReports;

const about = (caller: string) => ({ name: NAME, tokenSha256: FIRST.token.sha256, caller });
const report = (caller = 'demo') => reports.report(about(caller));

beforeEach(() => {
  store = new MemoryTokenStore();
  const serving = servingSideOver(store, new SystemClock());
  tokens = serving.tokens;
  tokens.adopt(FIRST);
  refresher = new ScriptedRefresherClient();
  reports = new TokenReports({ refresher, tokens, sync: serving.sync, waiters: new TokenWaiters(tokens) });
});

describe('TokenReports', () => {
  it('sends one report for many equal reports at the same time', async () => {
    const all = Array.from({ length: 1_000 }, (_, index) => report(`caller-${index}`));
    refresher.answer(answered('failed'));
    expect(new Set((await Promise.all(all)).map((each) => each?.outcome))).toEqual(new Set(['failed']));
    expect(refresher.asked).toEqual([{ type: 'report-token', ...about('caller-0') }]);
  });

  it('reads the store when another process has replaced the token', async () => {
    const reported = report();
    await store.publish(recordOf(2));
    refresher.answer(answered('replaced'));
    await reported;
    expect(tokens.get(NAME)?.generation).toBe(2);
    expect(reports.isCurrent(about('demo'))).toBe(false);
  });

  it('reads the store when the other processes have had another token before', async () => {
    const reported = report();
    await store.publish(recordOf(5));
    refresher.answer(answered('superseded'));
    await reported;
    expect(tokens.get(NAME)?.generation).toBe(5);
  });

  it('waits for the new token while another process is refreshing it', async () => {
    let isOver = false;
    const reported = report().finally(() => (isOver = true));
    refresher.answer(answered('refreshing'));
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(isOver).toBe(false);
    tokens.adopt(recordOf(2));
    expect(await reported).toMatchObject({ outcome: 'refreshing' });
  });

  it('sends a report of its own for a caller when the budget of another one is exhausted', async () => {
    const [mine, mineAgain, anothers] = [report('mine'), report('mine'), report('another')];
    refresher.answer(answered('budget_exhausted'));
    expect(await Promise.all([mine, mineAgain])).toMatchObject([
      { outcome: 'budget_exhausted' },
      { outcome: 'budget_exhausted' },
    ]);
    await turn();
    expect(refresher.asked.map((each) => 'caller' in each && each.caller)).toEqual(['mine', 'another']);
    refresher.answer(answered('failed'));
    expect(await anothers).toMatchObject({ outcome: 'failed' });
  });

  it('sends a new report after the previous one is answered', async () => {
    for (let time = 1; time <= 2; time += 1) {
      const reported = report();
      refresher.answer(answered('failed'));
      await reported;
      expect(refresher.asked.length).toBe(time);
    }
  });

  it('returns null when no process answers', async () => {
    const reported = report();
    refresher.answer(null);
    expect(await reported).toBeNull();
  });
});
