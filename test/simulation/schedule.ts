import { setImmediate as macrotask } from 'node:timers/promises';

import type { Trace } from './trace.ts';
import { Violation } from './violation.ts';

/** The process whose code an event runs. A dead process runs nothing, a paused one only after it resumes. */
export interface Owner {
  readonly id: string;
  readonly isAlive: boolean;
  /** In virtual milliseconds. */
  readonly pausedUntil: number;
}

/** Something that is going to happen. */
export interface Scheduled {
  cancel(): void;
}

interface Happening {
  at: number;
  readonly order: number;
  readonly owner: Owner | null;
  readonly what: string;
  readonly run: () => void;
}

/** Virtual time and its events. One event is one step; all its microtasks end before the next step. */
export class Schedule {
  readonly #coming = new Set<Happening>();
  readonly #trace: Trace;
  #order = 0;
  #now = 0;
  #step = 0;
  #violation: Violation | null = null;
  #owner: Owner | null = null;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** Virtual milliseconds since the start of the run. */
  get now(): number {
    return this.#now;
  }

  get step(): number {
    return this.#step;
  }

  /** Whose code is running. */
  get owner(): Owner | null {
    return this.#owner;
  }

  note(what: string): void {
    this.#trace.note(this.#step, this.#now, what);
  }

  /** A rule was broken: the run ends with this step. */
  violate(what: string): void {
    this.#violation ??= new Violation(what);
  }

  /** @param what for the trace; empty for what would only fill it */
  after(delay: number, owner: Owner | null, what: string, run: () => void): Scheduled {
    const happening = { at: this.#now + delay, order: this.#order++, owner, what, run };
    this.#coming.add(happening);
    return { cancel: () => void this.#coming.delete(happening) };
  }

  /** Runs what comes next. False once nothing comes before `end`. */
  async advance(end: number): Promise<boolean> {
    const next = this.#takeNext();
    if (next === null || next.at > end) return false;
    this.#now = next.at;
    this.#step += 1;
    if (next.what !== '') this.note(next.owner === null ? next.what : `${next.owner.id}: ${next.what}`);
    this.#owner = next.owner;
    next.run();
    // A macrotask comes after all microtasks, however many follow from each other.
    await macrotask();
    this.#owner = null;
    if (this.#violation !== null) throw this.#violation;
    return true;
  }

  #takeNext(): Happening | null {
    for (;;) {
      let next: Happening | null = null;
      for (const each of this.#coming) {
        if (next === null || each.at < next.at || (each.at === next.at && each.order < next.order))
          next = each;
      }
      if (next === null) return null;
      const { owner } = next;
      if (owner?.isAlive !== false && (owner?.pausedUntil ?? 0) > next.at) {
        next.at = owner?.pausedUntil ?? next.at;
        continue;
      }
      this.#coming.delete(next);
      if (owner?.isAlive !== false) return next;
    }
  }
}
