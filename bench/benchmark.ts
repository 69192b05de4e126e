import type { Round } from './rounds.ts';
import type { Workplace } from './workplace.ts';

/** One measured quantity, of subject and baseline in each round. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly rounds: readonly Round<number>[];
}

/** The results of a benchmark. */
export interface Benchmark {
  readonly title: string;
  readonly subject: string;
  readonly baseline: string;
  readonly figures: readonly Figure[];
  /** What was measured, and what the figures do not show. */
  readonly explanation: string;
}

/** Runs a benchmark in its own workplace. */
export type RunBenchmark = (workplace: Workplace, rounds: number) => Promise<Benchmark>;

/** Builds a figure from one number of each round. */
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
