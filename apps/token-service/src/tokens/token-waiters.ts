import type { CredentialName, CurrentTokens, Millis } from '#libs/tokens';

/** Woken in one turn of the event loop; the next ones after whatever else is waiting for it. */
const WOKEN_AT_ONCE = 100;

/** Somebody who holds a token and waits for another one. */
interface Waiting {
  readonly name: CredentialName;
  readonly sha256: string;
  readonly wake: () => void;
  readonly timer: NodeJS.Timeout;
  isCalledOff: boolean;
}

/**
 * Lets thousands wait for a credential's token to be another than the one they know. They are woken in small groups, so
 * that a rotation does not hold up those who ask at that moment.
 */
export class TokenWaiters {
  readonly #tokens: CurrentTokens;
  readonly #stopListening: () => void;
  readonly #waiting = new Map<CredentialName, Set<Waiting>>();
  #size = 0;
  #due: Waiting[] = [];
  #isWaking = false;
  #isClosed = false;

  constructor(tokens: CurrentTokens) {
    this.#tokens = tokens;
    this.#stopListening = tokens.onChange((name) => this.#changed(name));
  }

  /**
   * Calls `wake` once: when the credential's token is not this one any more, when `limit` is over, or at the shutdown.
   * Which of these it was is for the woken to find out: much may change until its turn comes.
   * @returns calls it off
   */
  wait(name: CredentialName, sha256: string, limit: Millis, wake: () => void): () => void {
    const timer = setTimeout(() => this.#wakeSoon([waiting]), limit).unref();
    const waiting: Waiting = { name, sha256, wake, timer, isCalledOff: false };
    let waitingForIt = this.#waiting.get(name);
    if (waitingForIt === undefined) this.#waiting.set(name, (waitingForIt = new Set<Waiting>()));
    waitingForIt.add(waiting);
    this.#size += 1;
    if (this.#isClosed) this.#wakeSoon([waiting]);
    return () => {
      waiting.isCalledOff = true;
      this.#takeOut(waiting);
    };
  }

  /** How many are waiting. */
  get size(): number {
    return this.#size;
  }

  /** Whether waiting is over for good: whoever did is woken, and so is at once whoever comes. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    for (const waiting of this.#waiting.values()) this.#wakeSoon(waiting);
  }

  #changed(name: CredentialName): void {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) return;
    const current = this.#tokens.get(name)?.cached?.token.sha256;
    this.#wakeSoon([...waiting].filter(({ sha256 }) => sha256 !== current));
  }

  #wakeSoon(some: Iterable<Waiting>): void {
    for (const waiting of some) if (this.#takeOut(waiting)) this.#due.push(waiting);
    this.#goOn();
  }

  #goOn(): void {
    if (this.#isWaking || this.#due.length === 0) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      for (const { wake, isCalledOff } of this.#due.splice(0, WOKEN_AT_ONCE)) if (!isCalledOff) wake();
      this.#goOn();
    });
  }

  #takeOut(waiting: Waiting): boolean {
    const others = this.#waiting.get(waiting.name);
    if (!others?.delete(waiting)) return false;
    if (others.size === 0) this.#waiting.delete(waiting.name);
    clearTimeout(waiting.timer);
    this.#size -= 1;
    return true;
  }
}
