import type { Random } from './random.ts';
import type { Owner, Schedule } from './schedule.ts';

/** What a connection does to requests and answers. */
export type LineFault = 'none' | 'refusing' | 'partitioned' | 'lossy' | 'slow' | 'mute';

/** After this long a client gives up, in milliseconds; what it asked for may be done all the same. */
const TIMEOUT = 2_000;

interface LineParts {
  readonly owner: Owner;
  readonly schedule: Schedule;
  readonly random: Random;
  readonly fault: () => LineFault;
  /** What the client makes of a failure. */
  readonly failure: () => Error;
  /** Hears of every request that did not go well. */
  readonly onTrouble: () => void;
}

/** A connection of one process to one service: in order, taking its time, and failing as scripted. */
export class Line {
  readonly #parts: LineParts;
  #lastRequest = 0;
  #lastAnswer = 0;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  /** @param serve what the service does when the request arrives */
  ask<T>(what: string, serve: () => Promise<T>): Promise<T> {
    const { owner, schedule, random, failure, onTrouble } = this.#parts;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const fault = this.#parts.fault();
    if (fault !== 'none') onTrouble();
    const giveUp = (): void => {
      onTrouble();
      reject(failure());
    };
    if (fault === 'refusing') {
      schedule.after(random.between(1, 5), owner, `${what} is refused`, giveUp);
      return promise;
    }
    const timeout =
      fault === 'mute' ? null : schedule.after(TIMEOUT, owner, `${what} is not answered in time`, giveUp);
    const isLost = (): boolean => fault === 'partitioned' || (fault === 'lossy' && random.chance(0.3));
    if (isLost()) return promise;
    const isAnswerLost = isLost() || fault === 'mute';
    this.#lastRequest = Math.max(this.#lastRequest, schedule.now + this.#delay());
    schedule.after(this.#lastRequest - schedule.now, null, `${owner.id} asks to ${what}`, () => {
      const answer = (settle: () => void): void => {
        if (isAnswerLost) return;
        this.#lastAnswer = Math.max(this.#lastAnswer, schedule.now + this.#delay());
        schedule.after(this.#lastAnswer - schedule.now, owner, `${what} is answered`, () => {
          timeout?.cancel();
          settle();
        });
      };
      serve().then(
        (value) => answer(() => resolve(value)),
        (error: unknown) => answer(() => reject(error)),
      );
    });
    return promise;
  }

  #delay(): number {
    const { random, fault } = this.#parts;
    return fault() === 'slow' ? random.between(100, 5_000) : random.between(1, 40);
  }
}
