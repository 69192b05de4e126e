import { fileURLToPath } from 'node:url';

import { figure, type Benchmark } from '../benchmark.ts';
import { Child } from '../child.ts';
import type { LoadOrder, LoadResult } from '../programs/load.ts';
import { alternate } from '../rounds.ts';
import { firstAnswer } from '../first-answer.ts';
import { AUTHORIZATION, type Workplace } from '../workplace.ts';

const PATH = '/v1/tokens/aem-dev';
const LOAD = { path: PATH, headers: AUTHORIZATION, connections: 32, requests: 60_000, longestMs: 5_000 };
/** Node writes these by itself. */
const NODES_OWN = new Set(['connection', 'date', 'keep-alive']);

interface Measured extends LoadResult {
  /** Microseconds of the server's CPU time, all threads, user and system. */
  readonly cpuPerRequest: number;
}

/** How many tokens a second one process hands out, and what each costs it. */
export async function vend(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const folder = await workplace.credentialFolder({ 'aem-dev': await workplace.makeCredential('jwt') });
  const service = workplace.tokenService(folder, workplace.withProbe);
  const serviceOrigin = await service.listening();
  const answer = await firstAnswer(serviceOrigin, PATH);
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !NODES_OWN.has(name)));
  const body = await answer.text();
  const bare = workplace.bareServer({ status: 200, headers, body }, workplace.withProbe);
  const bareOrigin = await bare.listening();
  await mustAnswerAlike(serviceOrigin, bareOrigin);

  const load = new Child(fileURLToPath(new URL('../programs/load.ts', import.meta.url)));
  const measure = async (server: Child, origin: string): Promise<Measured> => {
    const before = await server.ask<number>('cpu');
    const result = await load.ask<LoadResult>({ ...LOAD, origin } satisfies LoadOrder);
    const after = await server.ask<number>('cpu');
    if (result.error !== undefined) throw new Error(`the load was refused: ${result.error}`);
    return { ...result, cpuPerRequest: (after - before) / result.requests };
  };
  const measured = await alternate(
    rounds,
    () => measure(service, serviceOrigin),
    () => measure(bare, bareOrigin),
  );
  await load.stop();
  return {
    title: 'Handing out a token',
    subject: 'token service',
    baseline: 'bare `node:http`',
    figures: [
      figure('CPU time per request', 'µs', measured, ({ cpuPerRequest }) => cpuPerRequest),
      figure('Throughput', 'requests/s', measured, ({ perSecond }) => perSecond),
      figure('Latency, median', 'ms', measured, ({ p50 }) => p50),
      figure('Latency, 99th percentile', 'ms', measured, ({ p99 }) => p99),
    ],
    explanation: `\`GET ${PATH}\` by API key on the production process, metrics and audit on, the audit lines going into a pipe that is
read and thrown away; beside a \`node:http\` server in a process of its own that answers the very same bytes to
whoever asks. ${LOAD.connections} kept-alive connections on loopback, ${LOAD.requests.toLocaleString('en')} requests a round from one load process. The ratio of the CPU times is what
to go by: the server and the load share the machine's cores, so throughput is lower than on a machine of its own,
and the latencies are those of a saturated server: neither says how long a single caller waits.`,
  };
}

/** The baseline is one only if callers could not tell the two apart. */
async function mustAnswerAlike(...origins: readonly string[]): Promise<void> {
  const [one, other] = await Promise.all(
    origins.map(async (origin) => {
      const answer = await fetch(`${origin}${PATH}`, { headers: AUTHORIZATION });
      const headers = [...answer.headers].filter(([name]) => name !== 'date');
      return JSON.stringify([answer.status, headers, (await answer.text()).length]);
    }),
  );
  if (one !== other) throw new Error(`the baseline answers differently:\n${one}\n${other}`);
}
