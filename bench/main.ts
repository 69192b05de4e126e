import { writeFile } from 'node:fs/promises';

import type { RunBenchmark } from './benchmark.ts';
import { dashboard } from './benches/dashboard.ts';
import { exchange } from './benches/exchange.ts';
import { failureOnPage } from './benches/failure-on-page.ts';
import { idleMemory } from './benches/idle-memory.ts';
import { longPolls } from './benches/long-polls.ts';
import { manySecrets } from './benches/many-secrets.ts';
import { memory } from './benches/memory.ts';
import { rotationByPoll } from './benches/rotation-by-poll.ts';
import { rotationBySighup } from './benches/rotation-by-sighup.ts';
import { start } from './benches/start.ts';
import { tracing } from './benches/tracing.ts';
import { vend } from './benches/vend.ts';
import { cleanUpOnExit } from './cleanup.ts';
import { machine } from './machine.ts';
import { report, summary } from './report.ts';
import { roundsFromEnvironment } from './rounds.ts';
import { Workplace } from './workplace.ts';

const RESULTS = new URL('RESULTS.md', import.meta.url);
const BENCHMARKS: readonly RunBenchmark[] = [
  vend,
  longPolls,
  start,
  exchange,
  rotationByPoll,
  rotationBySighup,
  manySecrets,
  dashboard,
  failureOnPage,
  idleMemory,
  memory,
  tracing,
];

cleanUpOnExit();
const rounds = roundsFromEnvironment();
const measuredOn = machine();
const selected = selectBenchmarks(process.argv.slice(2));
const results = [];
for (const run of selected) {
  const workplace = await Workplace.open();
  const result = await run(workplace, rounds);
  await workplace.close();
  process.stdout.write(summary(result));
  results.push(result);
}
if (selected.length === BENCHMARKS.length) {
  await writeFile(RESULTS, await report(measuredOn, rounds, results));
  process.stdout.write('Written to bench/RESULTS.md\n');
} else {
  process.stdout.write('Not written to bench/RESULTS.md, because this is not a run of all benchmarks\n');
}

/** The benchmarks named on the command line, or all: `npm run bench -- vend memory`. */
function selectBenchmarks(names: readonly string[]): readonly RunBenchmark[] {
  const known = BENCHMARKS.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no benchmark ${unknown.join(', ')}. The benchmarks are ${known.join(', ')}.`);
  return names.length === 0 ? BENCHMARKS : BENCHMARKS.filter(({ name }) => names.includes(name));
}
