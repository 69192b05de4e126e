import { parseArgs } from 'node:util';

import { simulate } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});

if (values.seed === undefined) {
  const first = Number(values.from);
  const last = first + Number(values.seeds) - 1;
  console.log(`Seeds ${first} to ${last}`);
  let steps = 0;
  for (let seed = first; seed <= last; seed += 1) {
    steps += (await simulate(seed)).steps;
    if (seed % 1_000 === 0) console.log(`seed ${seed}, ${steps} steps so far`);
  }
  console.log(`${last - first + 1} seeds, ${steps} steps, no rule broken`);
} else {
  const { trace, steps } = await simulate(Number(values.seed), { isTraced: true });
  console.log(`${trace.toString()}\nseed ${values.seed}: ${steps} steps, no rule broken`);
}
