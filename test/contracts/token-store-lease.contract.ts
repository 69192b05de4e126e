import { expect, it, vi } from 'vitest';

import { millis, type CredentialName, type Lease } from '#libs/tokens';

import { PATIENCE, type StorePair } from '../support/store-fixtures.ts';

const LONG = millis(60_000);
const SHORT = millis(50);

/** What anybody may rely on of the lease of any TokenStore; that it throws when the store is down, the outage tests say. */
export function describeLease(pair: () => StorePair, freshName: () => CredentialName): void {
  const taken = async (lease: Promise<Lease | null>): Promise<Lease> => {
    const held = await lease;
    if (held === null) throw new Error('the lease is held by another');
    return held;
  };

  it('gives the lease on a credential to one process, and the next one when it is given back', async () => {
    const name = freshName();
    const lease = await taken(pair().store.acquireLease(name, LONG));
    expect(await pair().other.acquireLease(name, LONG)).toBeNull();
    expect(await pair().store.acquireLease(name, LONG)).toBeNull();
    await lease.release();
    expect(await pair().other.acquireLease(name, LONG)).not.toBeNull();
  });

  it('gives leases on different credentials independently', async () => {
    expect(await pair().store.acquireLease(freshName(), LONG)).not.toBeNull();
    expect(await pair().other.acquireLease(freshName(), LONG)).not.toBeNull();
  });

  it('lets exactly one of many have it', async () => {
    const name = freshName();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? pair().store : pair().other).acquireLease(name, LONG),
      ),
    );
    expect(answers.filter((lease) => lease !== null)).toHaveLength(1);
  });

  it('takes the lease from a holder that never gives it back, once its time is over', async () => {
    const name = freshName();
    await taken(pair().store.acquireLease(name, SHORT));
    const next = () => pair().other.acquireLease(name, LONG);
    await vi.waitFor(async () => expect(await next()).not.toBeNull(), PATIENCE);
  });

  it('lets a late holder give back nothing but its own, however often it tries', async () => {
    const name = freshName();
    const late = await taken(pair().store.acquireLease(name, SHORT));
    let current: Lease | null = null;
    await vi.waitFor(async () => {
      current ??= await pair().other.acquireLease(name, LONG);
      expect(current).not.toBeNull();
    }, PATIENCE);
    await late.release();
    await late.release();
    expect(await pair().store.acquireLease(name, LONG)).toBeNull();
  });

  it('is no obstacle to publishing: the generation decides', async () => {
    const name = freshName();
    await taken(pair().store.acquireLease(name, LONG));
    expect(await pair().other.remove(name, 1)).toEqual({ status: 'published', generation: 1 });
  });

  it('sets a mark once for all processes', async () => {
    const name = freshName();
    expect(await pair().store.markOnce(name, 'mark')).toBe(true);
    expect(await pair().other.markOnce(name, 'mark')).toBe(false);
    expect(await pair().other.markOnce(name, 'other-mark')).toBe(true);
  });
}
