const DEFAULT_ROUNDS = 7;

/** The measurements of one round: the subject and the baseline, one directly after the other. */
export interface Round<T> {
  readonly subject: T;
  readonly baseline: T;
}

/** The number of rounds of each benchmark: `BENCH_ROUNDS`, a whole number from 3 to 100. */
export function roundsFromEnvironment(): number {
  const given = process.env['BENCH_ROUNDS'];
  if (given === undefined || given === '') return DEFAULT_ROUNDS;
  const rounds = Number(given);
  if (!Number.isInteger(rounds) || rounds < 3 || rounds > 100) {
    throw new Error('BENCH_ROUNDS must be a whole number from 3 to 100.');
  }
  return rounds;
}

/** Measures both in every round, in alternating order, after one round of warm-up. */
export async function alternate<T>(
  rounds: number,
  subject: () => Promise<T>,
  baseline: () => Promise<T>,
): Promise<Round<T>[]> {
  const measured: Round<T>[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    if (round % 2 === 0) {
      measured.push({ subject: await subject(), baseline: await baseline() });
    } else {
      const first = await baseline();
      measured.push({ subject: await subject(), baseline: first });
    }
  }
  return measured.slice(1);
}
