import { millis } from '#libs/tokens';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { MINUTE, oauthDocument, SECOND } from '../../../../test/support/tokens/documents.ts';
import { NAME } from '../../../../test/support/tokens/served.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const MISSING = { outcome: 'token_unavailable' } as const;

/** A process that knows the credential without a token, while the store has one. */
async function lacking() {
  const world = new World();
  world.source.put(oauthDocument(NAME));
  world.ims.next(NAME, { after: new Promise(() => undefined), answer: { life: millis(MINUTE) } });
  const service = world.process();
  await service.sync.poll();
  await service.sync.publishStatus(service.plan.statusRecord(oauthDocument(NAME), null, null));
  const other = world.process();
  return { world, service, other };
}

describe('a token that this process lacks', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('comes from the store at once, without a poll', async () => {
    const { world, service, other } = await lacking();
    world.ims.always(NAME, { life: millis(60 * MINUTE) });
    await other.refresher.syncWithSource();
    await vi.advanceTimersByTimeAsync(11 * SECOND);
    world.clock.advance(millis(10 * SECOND));
    await other.refresh();
    expect(other.served(NAME)).not.toBeNull();
    expect(service.vendor.vend(NAME).outcome).toBe('token_unavailable');
    await service.missing.search(NAME, MISSING);
    expect(service.served(NAME)).toBe(other.served(NAME));
  });

  it('is asked for once, however many requests miss it, and again after a second', async () => {
    const { world, service } = await lacking();
    const reads = world.store.count('read');
    await Promise.all(Array.from({ length: 100 }, async () => service.missing.search(NAME, MISSING)));
    expect(world.store.count('read')).toBe(reads + 1);
    expect(service.missing.search(NAME, MISSING)).toBeNull();
    world.clock.advance(millis(SECOND));
    await service.missing.search(NAME, MISSING);
    expect(world.store.count('read')).toBe(reads + 2);
  });

  it('is waited for while this process fetches it, for a second at most', async () => {
    const { world, service } = await lacking();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.ims.next(NAME, { after: promise, answer: { life: millis(60 * MINUTE) } });
    await service.refresher.syncWithSource();
    let isOver = false;
    void service.missing.search(NAME, MISSING)?.then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isOver).toBe(true);
    resolve();
  });

  it.each(['hangs', 'is down'])('delays a request by a second at most while the store %s', async (how) => {
    const { world, service } = await lacking();
    if (how === 'hangs') world.store.delay('read', new Promise(() => undefined));
    else world.store.fail();
    let isOver = false;
    void service.missing.search(NAME, MISSING)?.then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(SECOND);
    expect(isOver).toBe(true);
  });

  it.each(['credential_not_found', 'invalid_min_ttl', 'min_ttl_unavailable'] as const)(
    'is not searched for after %s',
    async (outcome) => {
      const { world, service } = await lacking();
      const reads = world.store.count('read');
      expect(service.missing.search(NAME, { outcome })).toBeNull();
      expect(service.missing.search('aem-unknown', MISSING)).toBeNull();
      expect(world.store.count('read')).toBe(reads);
    },
  );
});
