import type { Round } from './rounds.ts';
import type { Workplace } from './workplace.ts';

/** One thing measured on both sides, once a round. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly rounds: readonly Round<number>[];
}

/** What a benchmark found, and how to read it. */
export interface Benchmark {
  readonly title: string;
  readonly subject: string;
  readonly baseline: string;
  readonly figures: readonly Figure[];
  /** What was measured, and what not to conclude from it. */
  readonly explanation: string;
}

/** A benchmark yet to be run, in a workplace of its own. */
export type RunBenchmark = (workplace: Workplace, rounds: number) => Promise<Benchmark>;

/** Picks one number out of what was measured in each round. */
export function figure<T>(
  name: string,
  unit: string,
  rounds: readonly Round<T>[],
  pick: (measured: T) => number,
): Figure {
  return {
    name,
    unit,
    rounds: rounds.map(({ subject, baseline }) => ({ subject: pick(subject), baseline: pick(baseline) })),
  };
}
