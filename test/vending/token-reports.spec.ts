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

import { TokenWaiters } from '../../apps/token-service/src/tokens/token-waiters.ts';
import { TokenReports } from '../../apps/token-service/src/tokens/actions/token-reports.ts';
import { servingSideOver } from '../support/serving-side.ts';
import { ScriptedRefresherClient } from '../fakes/scripted-refresher-client.ts';

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

describe('a report of a rejected token', () => {
  it('is passed on once, however many callers say the same at the same time', async () => {
    const all = Array.from({ length: 1_000 }, (_, index) => report(`caller-${index}`));
    refresher.answer(answered('failed'));
    expect(new Set((await Promise.all(all)).map((each) => each?.outcome))).toEqual(new Set(['failed']));
    expect(refresher.asked).toEqual([{ type: 'report-token', ...about('caller-0') }]);
  });

  it('makes this process catch up with the store when another process replaced the token', async () => {
    const asked = report();
    await store.publish(recordOf(2));
    refresher.answer(answered('replaced'));
    await asked;
    expect(tokens.get(NAME)?.generation).toBe(2);
    expect(reports.isCurrent(about('demo'))).toBe(false);
  });

  it('catches up too where the others had another token all along', async () => {
    const asked = report();
    await store.publish(recordOf(5));
    refresher.answer(answered('superseded'));
    await asked;
    expect(tokens.get(NAME)?.generation).toBe(5);
  });

  it('waits for the new token while somebody is at it', async () => {
    let isOver = false;
    const asked = report().finally(() => (isOver = true));
    refresher.answer(answered('refreshing'));
    for (let exchangeLease = 0; exchangeLease < 5; exchangeLease += 1) await turn();
    expect(isOver).toBe(false);
    tokens.adopt(recordOf(2));
    expect(await asked).toMatchObject({ outcome: 'refreshing' });
  });

  it('spends nobody else’s budget: a refusal is for the caller it was said to', async () => {
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

  it('asks again once the report before is answered', async () => {
    for (let time = 1; time <= 2; time += 1) {
      const asked = report();
      refresher.answer(answered('failed'));
      await asked;
      expect(refresher.asked.length).toBe(time);
    }
  });

  it('says so where nobody answers', async () => {
    const asked = report();
    refresher.answer(null);
    expect(await asked).toBeNull();
  });
});
