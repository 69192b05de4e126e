import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { TokenEventListener } from '../model/events.ts';
import { SingleFlight } from '../model/single-flight.ts';
import { later, millis, type Millis } from '../model/units.ts';
import { outageReason } from '../ports/outage-reason.ts';
import type { TokenCache } from '../ports/token-cache.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';

/** How often the manifest is written: it says until when a process kept the cache. */
const MANIFEST_EVERY = 60 * 1000;
/** So few writes at a time that they hold up no other work on files. */
const BATCH_SIZE = 2;

/** A full disk removes files and saves none, so a removal does not show that the cache is well. */
type Written = 'saved' | 'nothing';
const saved = (): Written => 'saved';

interface CacheWriterParts {
  readonly cache: TokenCache | null;
  readonly tokens: CurrentTokens;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/**
 * Keeps the current tokens in the cache. A failed write changes nothing else, and is tried again at the next
 * `write`. No method rejects.
 */
export class CacheWriter {
  readonly #parts: CacheWriterParts;
  readonly #changed = new Set<CredentialName>();
  /** The generation and digest of each token that the cache holds; null where it holds none. */
  readonly #written = new Map<CredentialName, string | null>();
  readonly #writes = new SingleFlight<'write', void>();
  #hasBegun = false;
  #knowsAll = false;
  #hasRemovedOthers = false;
  /** When the manifest was written, on the monotonic clock; null where it no longer fits. */
  #manifestAt: Millis | null = null;
  #isUp: boolean | null = null;

  constructor(parts: CacheWriterParts) {
    this.#parts = parts;
    if (parts.cache === null) return;
    parts.tokens.onChange((name) => {
      this.#changed.add(name);
      if (this.#isUp !== false) void this.write();
    });
  }

  /** Whether `begin` was called. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Begins to write. Until then the cache holds what the process before this one kept. */
  begin(): void {
    this.#hasBegun = true;
  }

  /** Whether `markComplete` was called. */
  get knowsAll(): boolean {
    return this.#knowsAll;
  }

  /** Records that this process knows all credentials. */
  markComplete(): void {
    this.#knowsAll = true;
  }

  /** Writes what has changed, and waits until it is written. */
  async write(): Promise<void> {
    const { cache } = this.#parts;
    if (cache === null || !this.#hasBegun) return;
    await this.#writes.run('write', () => this.#writeAll(cache));
  }

  /** Keeps when tokens were minted without the store: times of the monotonic clock. */
  async keepSpent(name: CredentialName, spent: readonly Millis[]): Promise<void> {
    const { cache, clock } = this.#parts;
    if (cache === null) return;
    const times = spent.map((at) => later(clock.now(), millis(at - clock.monotonic())));
    await this.#attempt(cache.saveSpent(name, times).then(saved));
  }

  async #writeAll(cache: TokenCache): Promise<void> {
    const { tokens, clock } = this.#parts;
    const isDue = this.#manifestAt === null || clock.monotonic() - this.#manifestAt >= MANIFEST_EVERY;
    // Tokens expire without a change.
    if (isDue) for (const { name } of tokens.all()) this.#changed.add(name);
    while (this.#changed.size > 0) {
      const names = [...this.#changed].slice(0, BATCH_SIZE);
      for (const name of names) this.#changed.delete(name);
      const written = await Promise.all(names.map((name) => this.#attempt(this.#writeToken(cache, name))));
      if (written.includes(false)) {
        for (const name of names) this.#changed.add(name);
        return;
      }
    }
    if (this.#knowsAll && isDue) await this.#attempt(this.#writeManifest(cache));
  }

  async #writeToken(cache: TokenCache, name: CredentialName): Promise<Written> {
    const { tokens, clock } = this.#parts;
    const cached = tokens.get(name)?.cached;
    const record = cached && cached.remaining(clock) > 0 ? cached.record : null;
    const wanted = record && `${record.generation} ${record.token.sha256}`;
    const written = this.#written.get(name);
    if (written === wanted) return 'nothing';
    this.#written.delete(name);
    if (record === null) await cache.removeToken(name);
    else await cache.saveToken(record, clock.now());
    this.#written.set(name, wanted);
    if (typeof written !== typeof wanted) this.#manifestAt = null;
    return record === null ? 'nothing' : 'saved';
  }

  async #writeManifest(cache: TokenCache): Promise<Written> {
    const { tokens, clock } = this.#parts;
    if (!this.#hasRemovedOthers) await cache.keepOnly(new Set(tokens.all().map(({ name }) => name)));
    this.#hasRemovedOthers = true;
    const names = [...this.#written].flatMap(([name, written]) => (written === null ? [] : [name]));
    await cache.saveManifest({ at: clock.now(), names });
    this.#manifestAt = clock.monotonic();
    return 'saved';
  }

  /** Whether it succeeded. The listener hears each change. */
  async #attempt(work: Promise<Written>): Promise<boolean> {
    const { listener } = this.#parts;
    try {
      if ((await work) === 'nothing') return true;
      if (this.#isUp !== true) listener({ type: 'cache.up' });
      this.#isUp = true;
    } catch (error) {
      if (this.#isUp !== false) listener({ type: 'cache.down', reason: outageReason(error) });
      this.#isUp = false;
    }
    return this.#isUp;
  }
}
