import { CurrentTokens, type CredentialName, type Millis } from '#libs/tokens';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Waiters that one turn of the event loop wakes; between two turns the process answers other requests. */
const WAKE_BATCH = 100;

/** One wait for another token than a known one. */
interface Waiter {
  readonly name: CredentialName;
  readonly sha256: string;
  readonly wake: () => void;
  readonly timer: NodeJS.Timeout;
  isCancelled: boolean;
}

/**
 * Wakes thousands of waiters when the token of their credential changes. It wakes them in batches, so that a
 * rotation does not delay other requests.
 */
@Injectable()
export class TokenWaiters implements OnModuleDestroy {
  readonly #tokens: CurrentTokens;
  readonly #stopListening: () => void;
  readonly #waiters = new Map<CredentialName, Set<Waiter>>();
  #size = 0;
  #due: Waiter[] = [];
  #isWaking = false;
  #isClosed = false;

  constructor(@Inject(CurrentTokens) tokens: CurrentTokens) {
    this.#tokens = tokens;
    this.#stopListening = tokens.onChange((name) => this.#changed(name));
  }

  /**
   * Calls `wake` once: when this is not the token of the credential any more, when `limit` is over, or at the
   * shutdown. The woken code must find out which of these it was: more may change before its turn.
   * @returns cancels the wait
   */
  wait(name: CredentialName, sha256: string, limit: Millis, wake: () => void): () => void {
    const timer = setTimeout(() => this.#wakeSoon([waiter]), limit).unref();
    const waiter: Waiter = { name, sha256, wake, timer, isCancelled: false };
    let waiters = this.#waiters.get(name);
    if (waiters === undefined) this.#waiters.set(name, (waiters = new Set<Waiter>()));
    waiters.add(waiter);
    this.#size += 1;
    if (this.#isClosed) this.#wakeSoon([waiter]);
    return () => {
      waiter.isCancelled = true;
      this.#remove(waiter);
    };
  }

  /** Ends all waits, so that each request is checked again. Those that may wait on do so. */
  wakeAll(): void {
    for (const waiters of this.#waiters.values()) this.#wakeSoon(waiters);
  }

  /** How many waits are open. */
  get size(): number {
    return this.#size;
  }

  /** Whether the shutdown has begun. Each wait then ends at once. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Ends all waits. Nest calls it first of all, so that the server can answer these requests before it
   * closes.
   */
  onModuleDestroy(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.wakeAll();
  }

  #changed(name: CredentialName): void {
    const waiters = this.#waiters.get(name);
    if (waiters === undefined) return;
    const current = this.#tokens.get(name)?.cached?.token.sha256;
    this.#wakeSoon([...waiters].filter(({ sha256 }) => sha256 !== current));
  }

  #wakeSoon(waiters: Iterable<Waiter>): void {
    for (const waiter of waiters) if (this.#remove(waiter)) this.#due.push(waiter);
    this.#wakeNextBatch();
  }

  #wakeNextBatch(): void {
    if (this.#isWaking || this.#due.length === 0) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      for (const { wake, isCancelled } of this.#due.splice(0, WAKE_BATCH)) if (!isCancelled) wake();
      this.#wakeNextBatch();
    });
  }

  #remove(waiter: Waiter): boolean {
    const others = this.#waiters.get(waiter.name);
    if (!others?.delete(waiter)) return false;
    if (others.size === 0) this.#waiters.delete(waiter.name);
    clearTimeout(waiter.timer);
    this.#size -= 1;
    return true;
  }
}
