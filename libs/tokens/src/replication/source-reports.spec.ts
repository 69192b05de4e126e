import { describe, expect, it } from 'vitest';

import { millis } from '#libs/tokens';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { ScriptedTokenStore } from '../../../../test/fakes/scripted-token-store.ts';
import { SourceReports } from './source-reports.ts';
import { StoreLink } from './store-link.ts';

const GOOD = { ok: true, detail: '2 credentials', skipped: [] };
const EMPTY = { ok: false, detail: 'It is empty.', skipped: [{ storedAs: 'a.txt', code: 'x' }] };

function make() {
  const store = new ScriptedTokenStore();
  const clock = new ManualClock();
  const process = () => {
    const link = new StoreLink(store, () => undefined);
    return { reports: new SourceReports(link, clock), link };
  };
  return { store, clock, process };
}

describe('SourceReports', () => {
  it('gives the report of a process with a source to one without', async () => {
    const { process } = make();
    const [refreshing, vending] = [process().reports, process().reports];
    await vending.pull();
    expect(vending.latest).toBeNull();
    await refreshing.publish(EMPTY);
    await vending.pull();
    expect(vending.latest).toEqual(EMPTY);
  });

  it('keeps its own report when others write theirs', async () => {
    const { process } = make();
    const [one, other] = [process().reports, process().reports];
    await one.publish(GOOD);
    await other.publish(EMPTY);
    await one.pull();
    expect(one.latest).toEqual(GOOD);
  });

  it('writes a report when it changes, and once a minute for a store that lost it', async () => {
    const { store, clock, process } = make();
    const { reports } = process();
    for (let poll = 0; poll < 30; poll += 1) {
      await reports.publish({ ...GOOD });
      clock.advance(millis(1_000));
    }
    expect(store.count('writeSourceReport')).toBe(1);
    await reports.publish(EMPTY);
    expect(store.count('writeSourceReport')).toBe(2);
    store.flush();
    clock.advance(millis(60_000));
    await reports.publish(EMPTY);
    expect(await store.readSourceReport()).toEqual(EMPTY);
  });

  it('writes what an outage of the store held up, and keeps what it read before', async () => {
    const { store, process } = make();
    const [refreshing, vending] = [process(), process()];
    await refreshing.reports.publish(GOOD);
    await vending.reports.pull();
    store.fail();
    await refreshing.reports.publish(EMPTY);
    await vending.reports.pull();
    expect([refreshing.reports.latest, vending.reports.latest]).toEqual([EMPTY, GOOD]);
    store.recover();
    // The poll of the store finds out that it is back.
    for (const { link } of [refreshing, vending]) await link.probe(async () => undefined);
    await refreshing.reports.publish(EMPTY);
    await vending.reports.pull();
    expect(vending.reports.latest).toEqual(EMPTY);
  });
});
