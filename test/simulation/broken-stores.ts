import { MemoryTokenStore } from '#libs/token-stores';
import type { CredentialName, Lease, Publication, TokenRecord } from '#libs/tokens';

/** Takes any publication, however old: what the fence is there against. */
export class UnfencedStore extends MemoryTokenStore {
  override async publish(record: TokenRecord): Promise<Publication> {
    const published = await super.publish(record);
    if (published.status === 'published') return published;
    await super.remove(record.name, published.generation + 1);
    await super.publish({ ...record, generation: published.generation + 2 });
    return { status: 'published', generation: record.generation };
  }
}

/** Grants the lease to every replica. */
export class GenerousStore extends MemoryTokenStore {
  override async acquireLease(): Promise<Lease> {
    return { release: () => Promise.resolve() };
  }
}

/** Forgets removals as soon as they are made. */
export class ForgetfulStore extends MemoryTokenStore {
  readonly #last = new Map<CredentialName, TokenRecord>();

  override async publish(record: TokenRecord): Promise<Publication> {
    this.#last.set(record.name, record);
    return super.publish(record);
  }

  override async remove(name: CredentialName, generation: number): Promise<Publication> {
    const removal = await super.remove(name, generation);
    const last = this.#last.get(name);
    if (last !== undefined) await super.publish({ ...last, generation: generation + 1 });
    return removal;
  }
}
