import type { Fault } from './fault.ts';

/** What happens to one request: a wait, a shifted clock, and perhaps an answer that is none. */
export interface FaultPlan {
  readonly latencyMs: number;
  readonly clockOffsetMs: number;
  readonly ending: Fault | undefined;
}

interface ActiveFault {
  readonly fault: Fault;
  timesLeft: number;
}

/** The faults in force. Waits and clocks add up; the first fault that ends a request is the last one used up. */
export class Faults {
  #active: ActiveFault[] = [];

  replace(faults: readonly Fault[]): void {
    this.#active = faults.map((fault) => ({ fault, timesLeft: fault.times ?? Infinity }));
  }

  /** Uses up one turn of every fault that applies. */
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
