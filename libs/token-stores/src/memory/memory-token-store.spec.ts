import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { nameOf, recordOf } from '../../../../test/support/store-fixtures.ts';
import { MemoryTokenStore } from './memory-token-store.ts';

const name = nameOf('aem-dev');

// The simulation runs on this store: the contract suite holds it to Redis, and these run with the unit tests.
describe('MemoryTokenStore', () => {
  it.each([1, 4, 5])('refuses generation %i once it has 5', async (generation) => {
    const store = new MemoryTokenStore(new ManualClock());
    await store.publish(recordOf(name, 5));
    const late = recordOf(name, generation, 'late');
    expect(await store.publish(late)).toEqual({ status: 'superseded', generation: 5 });
    expect(await store.remove(name, generation)).toEqual({ status: 'superseded', generation: 5 });
    expect(await store.read(name)).toEqual({ status: 'found', record: recordOf(name, 5) });
  });

  it('ignores the release of a lease that expired, while another process holds the next one', async () => {
    const clock = new ManualClock();
    const store = new MemoryTokenStore(clock);
    const late = await store.acquireLease(name, millis(1_000));
    clock.advance(millis(1_000));
    const next = await store.acquireLease(name, millis(1_000));
    expect(next).not.toBeNull();
    await late?.release();
    expect(await store.acquireLease(name, millis(1_000))).toBeNull();
    await next?.release();
    expect(await store.acquireLease(name, millis(1_000))).not.toBeNull();
  });
});
