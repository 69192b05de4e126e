import { expect, it, vi } from 'vitest';

import { later, millis, type CredentialName } from '#libs/tokens';

import { EVENTUALLY, recordOf, statusRecordOf, type StorePair } from '../support/store-fixtures.ts';

/** The contract of `TokenStore.writeStatus`, `watch` and `list`, between two processes. */
export function describeSharedKnowledge(pair: () => StorePair, freshName: () => CredentialName): void {
  const listed = async (name: CredentialName) =>
    (await pair().other.list()).find((entry) => entry.name === name);

  it('lists a complete status record, without a token and with one', async () => {
    const status = statusRecordOf(freshName());
    await pair().store.writeStatus(status, 9);
    expect(await listed(status.name)).toEqual({ name: status.name, generation: 0, removed: false, status });
    expect(await pair().other.read(status.name)).toEqual({ status: 'absent', generation: 0 });
    await pair().store.publish(recordOf(status.name, 1));
    expect(await listed(status.name)).toMatchObject({ generation: 1, status });
  });

  it('lists a status record with null in most fields', async () => {
    const unknown = { kind: null, version: null, stage: null, certificateExpiresAt: null };
    const status = { ...statusRecordOf(freshName()), ...unknown, lastFailure: null, nextAttemptAt: null };
    await pair().store.writeStatus(status, 9);
    expect(await listed(status.name)).toMatchObject({ status });
  });

  it('keeps the status record with the later time, in any order of writing', async () => {
    const early = statusRecordOf(freshName());
    const late = { ...early, at: later(early.at, millis(1)), failing: false };
    await pair().store.writeStatus(late, 9);
    await pair().other.writeStatus(early, 9);
    expect(await listed(early.name)).toMatchObject({ status: late });
    await pair().other.writeStatus({ ...late, version: 'again' }, 9);
    expect(await listed(early.name)).toMatchObject({ status: { version: 'again' } });
  });

  it('ends a removal when a status record comes, and keeps its generation', async () => {
    const status = statusRecordOf(freshName());
    await pair().store.remove(status.name, 5);
    await pair().other.writeStatus(status, 9);
    expect(await listed(status.name)).toEqual({ name: status.name, generation: 5, removed: false, status });
    expect(await pair().store.publish(recordOf(status.name, 5))).toMatchObject({ status: 'superseded' });
  });

  it('ignores a status record of a process that does not know of the removal', async () => {
    const status = statusRecordOf(freshName());
    await pair().store.remove(status.name, 5);
    await pair().other.writeStatus(status, 4);
    expect(await listed(status.name)).toEqual({
      name: status.name,
      generation: 5,
      removed: true,
      status: null,
    });
    await pair().other.writeStatus(status, 5);
    expect(await listed(status.name)).toMatchObject({ removed: false, status });
  });

  it('gives other processes the last report of a credential source', async () => {
    const good = { ok: true, detail: '2 credentials', skipped: [] };
    await pair().store.writeSourceReport(good);
    expect(await pair().other.readSourceReport()).toEqual(good);
    const skipped = [{ storedAs: 'aem-dev.txt', code: 'credential_invalid_name' }];
    const bad = { ok: false, detail: 'It is empty.', skipped };
    await pair().other.writeSourceReport(bad);
    expect(await pair().store.readSourceReport()).toEqual(bad);
  });

  it('hints at publications and removals until the watch stops', async () => {
    const name = freshName();
    let generation = 0;
    const [stoppedSaw, witnessSaw] = [new Set<CredentialName>(), new Set<CredentialName>()];
    const stop = pair().other.watch((hinted) => stoppedSaw.add(hinted));
    const stopWitness = pair().other.watch((hinted) => witnessSaw.add(hinted));
    // The first publications may come before the subscription.
    await vi.waitFor(async () => {
      await pair().store.publish(recordOf(name, ++generation));
      expect(stoppedSaw).toContain(name);
    }, EVENTUALLY);
    stoppedSaw.clear();
    await pair().store.remove(name, ++generation);
    await vi.waitFor(() => expect(stoppedSaw).toContain(name), EVENTUALLY);

    stop();
    const afterwards = freshName();
    await pair().store.publish(recordOf(afterwards, 1));
    await vi.waitFor(() => expect(witnessSaw).toContain(afterwards), EVENTUALLY);
    expect(stoppedSaw).not.toContain(afterwards);
    stopWitness();
  });

  it('lists 500 credentials with generation and status record', async () => {
    const names = Array.from({ length: 500 }, freshName);
    await Promise.all(
      names.map(async (name, index) => {
        await pair().store.publish(recordOf(name, index + 1));
        await pair().store.writeStatus(statusRecordOf(name), 9);
      }),
    );
    const listing = new Map((await pair().other.list()).map((entry) => [entry.name, entry]));
    for (const [index, name] of names.entries()) {
      expect(listing.get(name)).toEqual({
        name,
        generation: index + 1,
        removed: false,
        status: statusRecordOf(name),
      });
    }
  });
}
