import type { Fault } from './fault.ts';

/**
 * The faults that apply to one request: a wait, a clock offset, and the fault that ends the request, if any.
 */
export interface FaultPlan {
  readonly latencyMs: number;
  readonly clockOffsetMs: number;
  readonly ending: Fault | undefined;
}

interface ActiveFault {
  readonly fault: Fault;
  timesLeft: number;
}

/**
 * The faults in force. Waits and clock offsets add up. The first fault that ends the request also ends the
 * list: faults after it are not used up.
 */
export class Faults {
  #active: ActiveFault[] = [];

  replace(faults: readonly Fault[]): void {
    this.#active = faults.map((fault) => ({ fault, timesLeft: fault.times ?? Infinity }));
  }

  /** Uses up one of the `times` of every fault that applies. */
  take(clientId: string | undefined): FaultPlan {
    let latencyMs = 0;
    let clockOffsetMs = 0;
    let ending: Fault | undefined;
    for (const active of this.#active) {
      const { fault } = active;
      if (active.timesLeft === 0 || (fault.clientId !== undefined && fault.clientId !== clientId)) continue;
      active.timesLeft -= 1;
      latencyMs += fault.latencyMs ?? 0;
      if (fault.kind === 'clock') clockOffsetMs += (fault.clockOffsetSeconds ?? 0) * 1000;
      else if (fault.kind !== 'latency') {
        ending = fault;
        break;
      }
    }
    return { latencyMs, clockOffsetMs, ending };
  }
}
