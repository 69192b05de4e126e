/** What callers met. Wrong is: a token that AEM refuses, and any refusal while some live token was known. */
export class CallersTally {
  vends = 0;
  /** Uses at AEM that prove something, and were let in. */
  letIn = 0;
  /** Vends answered with 503 because there was no live token at all. */
  without = 0;
  /** Connections refused, reset or silent, by what Node calls it; each was made good at the next replica. */
  readonly detours = new Map<string, number>();
  /** Times when no replica was ready. */
  unserved = 0;
  /** Every wrong answer in words. */
  readonly wrong: string[] = [];
  readonly tokens = new Set<string>();
  /** The latest end of life among the tokens that callers have seen, on the test's monotonic clock. */
  readonly #servableUntil = new Map<string, number>();
  #served: number | null = null;
  #longestGap = 0;
  readonly #marginMs: number;

  /**
   * @param tokenLife in seconds. The service does not vend the last tenth of it, or the last minute;
   * `expires_in` is in whole seconds, which adds one.
   */
  constructor(tokenLife: number) {
    this.#marginMs = (Math.min(60, tokenLife / 10) + 1) * 1_000;
  }

  /** The longest time between two vends anywhere, in milliseconds. */
  get longestGap(): number {
    return Math.round(this.#longestGap);
  }

  vended(name: string, token: string, life: number): void {
    const now = performance.now();
    if (this.#served !== null) this.#longestGap = Math.max(this.#longestGap, now - this.#served);
    this.#served = now;
    this.vends += 1;
    this.tokens.add(token);
    const until = now + life * 1_000 - this.#marginMs;
    this.#servableUntil.set(name, Math.max(until, this.#servableUntil.get(name) ?? 0));
  }

  /** @param status of AEM's answer; null where it proves nothing */
  used(status: number | null, life: number): void {
    if (status === 200) this.letIn += 1;
    else if (status !== null) this.wrong.push(`AEM answered ${status} to a token with ${life} s left`);
  }

  refused(name: string, status: number, text: string): void {
    const left = (this.#servableUntil.get(name) ?? 0) - performance.now();
    if (status === 503 && left <= 0) this.without += 1;
    else this.wrong.push(`${status} for ${name}, whose token had ${Math.round(left)} ms left: ${text}`);
  }

  detour(error: unknown): void {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'silence';
    this.detours.set(why, (this.detours.get(why) ?? 0) + 1);
  }

  nobody(): void {
    this.unserved += 1;
  }

  get inWords(): string {
    const count = (number: number, what: string): string => `${number.toLocaleString('en')} ${what}`;
    return [
      count(this.vends, 'vends'),
      count(this.wrong.length, 'wrong'),
      ...(this.without > 0 ? [count(this.without, 'refused for want of a live token')] : []),
      ...[...this.detours].map(([why, times]) => count(times, `sent on to another replica (${why})`)),
    ].join(', ');
  }
}
