import { expect, it, vi } from 'vitest';

import { later, millis, type CredentialName } from '#libs/tokens';

import { PATIENCE, recordOf, reportOf, type StorePair } from '../support/store-fixtures.ts';

/** What processes learn of each other through any TokenStore besides the tokens: reports, hints, the listing. */
export function describeSharedKnowledge(pair: () => StorePair, freshName: () => CredentialName): void {
  const listed = async (name: CredentialName) =>
    (await pair().other.list()).find((entry) => entry.name === name);

  it('keeps a report without a token, and with one, and gives it back whole', async () => {
    const status = reportOf(freshName());
    await pair().store.writeStatus(status);
    expect(await listed(status.name)).toEqual({ name: status.name, generation: 0, removed: false, status });
    expect(await pair().other.read(status.name)).toEqual({ status: 'absent', generation: 0 });
    await pair().store.publish(recordOf(status.name, 1));
    expect(await listed(status.name)).toMatchObject({ generation: 1, status });
  });

  it('gives back a report that knows hardly anything', async () => {
    const unknown = { kind: null, version: null, stage: null, certificateExpiresAt: null };
    const status = { ...reportOf(freshName()), ...unknown, lastFailure: null, nextAttemptAt: null };
    await pair().store.writeStatus(status);
    expect(await listed(status.name)).toMatchObject({ status });
  });

  it('keeps the later of two reports, whichever comes last', async () => {
    const early = reportOf(freshName());
    const late = { ...early, at: later(early.at, millis(1)), failing: false };
    await pair().store.writeStatus(late);
    await pair().other.writeStatus(early);
    expect(await listed(early.name)).toMatchObject({ status: late });
    await pair().other.writeStatus({ ...late, version: 'again' });
    expect(await listed(early.name)).toMatchObject({ status: { version: 'again' } });
  });

  it('takes a report of a removed credential as its return, with the fence still up', async () => {
    const status = reportOf(freshName());
    await pair().store.remove(status.name, 5);
    await pair().other.writeStatus(status);
    expect(await listed(status.name)).toEqual({ name: status.name, generation: 5, removed: false, status });
    expect(await pair().store.publish(recordOf(status.name, 5))).toMatchObject({ status: 'superseded' });
  });

  it('hints at publications and removals, until told to stop', async () => {
    const name = freshName();
    let generation = 0;
    const [stoppedSaw, witnessSaw] = [new Set<CredentialName>(), new Set<CredentialName>()];
    const stop = pair().other.watch((hinted) => stoppedSaw.add(hinted));
    const stopWitness = pair().other.watch((hinted) => witnessSaw.add(hinted));
    // The first publications may come before anybody listens, as they may in life.
    await vi.waitFor(async () => {
      await pair().store.publish(recordOf(name, ++generation));
      expect(stoppedSaw).toContain(name);
    }, PATIENCE);
    stoppedSaw.clear();
    await pair().store.remove(name, ++generation);
    await vi.waitFor(() => expect(stoppedSaw).toContain(name), PATIENCE);

    stop();
    const afterwards = freshName();
    await pair().store.publish(recordOf(afterwards, 1));
    await vi.waitFor(() => expect(witnessSaw).toContain(afterwards), PATIENCE);
    expect(stoppedSaw).not.toContain(afterwards);
    stopWitness();
  });

  it('lists 500 credentials with all there is to know', async () => {
    const names = Array.from({ length: 500 }, freshName);
    await Promise.all(
      names.map(async (name, index) => {
        await pair().store.publish(recordOf(name, index + 1));
        await pair().store.writeStatus(reportOf(name));
      }),
    );
    const listing = new Map((await pair().other.list()).map((entry) => [entry.name, entry]));
    for (const [index, name] of names.entries()) {
      expect(listing.get(name)).toEqual({
        name,
        generation: index + 1,
        removed: false,
        status: reportOf(name),
      });
    }
  });
}
