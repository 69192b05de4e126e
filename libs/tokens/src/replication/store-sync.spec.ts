import { describe, expect, it } from 'vitest';

import { ScriptedCredentialSource } from '../../../../test/fakes/scripted-credential-source.ts';
import { DAY, HOUR, MINUTE, oauthDocument } from '../../../../test/support/tokens/documents.ts';
import { NAME, served } from '../../../../test/support/tokens/served.ts';
import { World } from '../../../../test/support/tokens/world.ts';

describe('a token store that was flushed', () => {
  it('gets tokens and statuses back from the first process that polls, without an exchange', async () => {
    const { world, service } = await served();
    const before = await world.store.list();
    world.store.flush();
    await service.sync.poll();
    expect(await world.store.list()).toEqual(before);
    await world.process().start();
    expect(world.ims.exchanges()).toBe(1);
  });

  it('ends with the newest token, in whichever order processes return', async () => {
    const { world, service } = await served();
    const older = world.process();
    await older.start();
    world.source.put(oauthDocument(NAME, 'v2'));
    await service.pollSource();
    world.store.flush();
    await older.sync.poll();
    await service.sync.poll();
    await older.sync.poll();
    expect(older.served(NAME)).toBe(service.served(NAME));
    expect(older.tokens.get(NAME)?.generation).toBe(2);
  });
});

describe('a token in the store that cannot be opened', () => {
  async function spoilt(reason: 'tampered' | 'unknown-key') {
    const { world, service } = await served();
    const other = world.process();
    await other.start();
    world.source.put(oauthDocument(NAME, 'v2'));
    await service.pollSource();
    world.store.spoil(NAME, reason);
    return { world, service, other };
  }

  it('is replaced by the cached one if it was tampered with', async () => {
    const { world, service, other } = await spoilt('tampered');
    const own = other.served(NAME);
    await other.sync.poll();
    expect(other.served(NAME)).toBe(own);
    expect(await world.store.read(NAME)).toMatchObject({ status: 'found', record: { generation: 3 } });
    await service.sync.poll();
    expect(service.served(NAME)).toBe(own);
  });

  it('is replaced by a new one if it was tampered with and none is cached', async () => {
    const { world } = await spoilt('tampered');
    const newcomer = world.process();
    await newcomer.start();
    expect(newcomer.state(NAME)).toBe('healthy');
    expect(world.ims.exchanges()).toBe(3);
    expect(await world.store.read(NAME)).toMatchObject({ status: 'found', record: { generation: 3 } });
  });

  it('is never vended, and is reported once', async () => {
    const { world } = await spoilt('tampered');
    const reader = world.process(new ScriptedCredentialSource());
    for (let poll = 0; poll < 5; poll++) await reader.sync.poll();
    expect(reader.served(NAME)).toBeNull();
    expect(reader.heard('store.token-refused')).toBe(1);
  });

  it('is left alone if its key is unknown: nothing is exchanged while the cached token is good', async () => {
    const { world, other } = await spoilt('unknown-key');
    const own = other.served(NAME);
    await other.sync.poll();
    await world.pass(18 * HOUR, 10 * MINUTE, [other]);
    expect(other.served(NAME)).toBe(own);
    expect(world.ims.exchanges()).toBe(2);
    expect(other.heard('store.token-refused')).toBe(1);
  });

  it('leads to no gap if its key stays unknown', async () => {
    const { world, other } = await spoilt('unknown-key');
    await other.sync.poll();
    let gaps = 0;
    await world.pass(2 * DAY, 10 * MINUTE, [other], () => {
      if (other.served(NAME) === null) gaps += 1;
    });
    expect(gaps).toBe(0);
  });

  it('no longer keeps this process from renewing once the store has lost it', async () => {
    const { world, other } = await spoilt('unknown-key');
    await other.sync.poll();
    world.store.flush();
    await other.sync.poll();
    expect(other.sync.isAhead(NAME)).toBe(false);
  });
});

describe('several processes on one store', () => {
  it('never see a generation fall, and all end with the same token', async () => {
    const world = new World();
    world.source.put(oauthDocument(NAME));
    const processes = Array.from({ length: 4 }, () => world.process());
    for (const each of processes) each.sync.watch();
    const highest = new Map(processes.map((each) => [each, 0]));
    for (let version = 1; version <= 30; version++) {
      world.store.hints = version % 3 !== 0;
      world.source.put(oauthDocument(NAME, `v${version}`));
      await Promise.all(
        processes.map(async (each, index) => {
          if (index % 2 === version % 2) await each.pollSource();
          else await each.sync.poll();
        }),
      );
      for (const each of processes) {
        const generation = each.tokens.get(NAME)?.generation ?? 0;
        expect(generation).toBeGreaterThanOrEqual(highest.get(each) ?? 0);
        highest.set(each, generation);
      }
    }
    for (const each of processes) await each.pollSource();
    for (const each of processes) await each.sync.poll();
    const stored = await world.store.read(NAME);
    expect(stored).toMatchObject({ status: 'found' });
    expect(processes.map((each) => each.tokens.get(NAME)?.generation)).toEqual(
      processes.map(() => (stored.status === 'found' ? stored.record.generation : 0)),
    );
  });
});
