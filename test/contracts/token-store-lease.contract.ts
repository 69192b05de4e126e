import { expect, it, vi } from 'vitest';

import { millis, type CredentialName, type Lease } from '#libs/tokens';

import { EVENTUALLY, type StorePair } from '../support/store-fixtures.ts';

const LONG = millis(60_000);
const SHORT = millis(50);

/** The contract of `TokenStore.acquireLease` and `markOnce`. Outage tests cover their rejections. */
export function describeLease(pair: () => StorePair, freshName: () => CredentialName): void {
  const taken = async (lease: Promise<Lease | null>): Promise<Lease> => {
    const acquired = await lease;
    if (acquired === null) throw new Error('the lease is held by another');
    return acquired;
  };

  it('grants the lease on a credential to one process, and again after its release', async () => {
    const name = freshName();
    const lease = await taken(pair().store.acquireLease(name, LONG));
    expect(await pair().other.acquireLease(name, LONG)).toBeNull();
    expect(await pair().store.acquireLease(name, LONG)).toBeNull();
    await lease.release();
    expect(await pair().other.acquireLease(name, LONG)).not.toBeNull();
  });

  it('grants leases on different credentials independently', async () => {
    expect(await pair().store.acquireLease(freshName(), LONG)).not.toBeNull();
    expect(await pair().other.acquireLease(freshName(), LONG)).not.toBeNull();
  });

  it('grants a lease to exactly one of 40 concurrent calls', async () => {
    const name = freshName();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? pair().store : pair().other).acquireLease(name, LONG),
      ),
    );
    expect(answers.filter((lease) => lease !== null)).toHaveLength(1);
  });

  it('grants a lease again after it expires', async () => {
    const name = freshName();
    await taken(pair().store.acquireLease(name, SHORT));
    const next = () => pair().other.acquireLease(name, LONG);
    await vi.waitFor(async () => expect(await next()).not.toBeNull(), EVENTUALLY);
  });

  it('ignores the release of an expired lease while another process holds it', async () => {
    const name = freshName();
    const late = await taken(pair().store.acquireLease(name, SHORT));
    let current: Lease | null = null;
    await vi.waitFor(async () => {
      current ??= await pair().other.acquireLease(name, LONG);
      expect(current).not.toBeNull();
    }, EVENTUALLY);
    await late.release();
    await late.release();
    expect(await pair().store.acquireLease(name, LONG)).toBeNull();
  });

  it('accepts a write of a process without the lease', async () => {
    const name = freshName();
    await taken(pair().store.acquireLease(name, LONG));
    expect(await pair().other.remove(name, 1)).toEqual({ status: 'published', generation: 1 });
  });

  it('markOnce returns true once for all processes', async () => {
    const name = freshName();
    expect(await pair().store.markOnce(name, 'mark')).toBe(true);
    expect(await pair().other.markOnce(name, 'mark')).toBe(false);
    expect(await pair().other.markOnce(name, 'other-mark')).toBe(true);
  });
}
