import { fileURLToPath } from 'node:url';

import { figure, type Benchmark } from '../benchmark.ts';
import { Child } from '../child.ts';
import { firstSuccess } from '../first-success.ts';
import type { LoadOrder, LoadResult } from '../programs/load.ts';
import type { MemoryUse } from '../programs/probe.ts';
import { alternate } from '../rounds.ts';
import { AUTHORIZATION, type Workplace } from '../workplace.ts';

const PATH = '/v1/tokens/aem-dev';
const LOAD = { path: PATH, headers: AUTHORIZATION, connections: 32, requests: 40_000, maxMs: 5_000 };

const MIB = 1024 ** 2;

/** Measures the cost of tracing in start time, CPU time and memory. */
export async function tracing(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const folder = await workplace.credentialFolder({ 'aem-dev': await workplace.makeCredential('jwt') });
  const source = { CREDENTIAL_SOURCE: 'files', CREDENTIAL_DIR: folder };
  const collector = workplace.bareServer(
    { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' },
    [],
    'POST',
  );
  const traced = { ...source, OTEL_EXPORTER_OTLP_ENDPOINT: await collector.listening() };
  const load = new Child(fileURLToPath(new URL('../programs/load.ts', import.meta.url)));
  const measure = async (
    env: Readonly<Record<string, string>>,
  ): Promise<MemoryUse & { took: number; cpuPerRequest: number }> => {
    const begun = performance.now();
    const child = workplace.tokenServiceOn(env, workplace.withProbe);
    const origin = await child.listening();
    const answer = await firstSuccess(origin, PATH);
    const took = performance.now() - begun;
    await answer.body?.cancel();
    const use = await child.request<MemoryUse>('memory');
    const before = await child.request<number>('cpu');
    const { requests } = await load.request<LoadResult>({ ...LOAD, origin } satisfies LoadOrder);
    const cpuPerRequest = ((await child.request<number>('cpu')) - before) / requests;
    await child.stop();
    return { ...use, took, cpuPerRequest };
  };
  const measured = await alternate(
    Math.ceil(rounds / 2),
    () => measure(source),
    () => measure(traced),
  );
  await load.stop();
  return {
    title: 'Without tracing, compared with tracing',
    subject: 'token service without `OTEL_EXPORTER_OTLP_ENDPOINT`',
    baseline: 'the same with a collector',
    figures: [
      figure('From process start to the first token', 'ms', measured, ({ took }) => took),
      figure('Heap and external', 'MiB', measured, ({ heapAndExternal }) => heapAndExternal / MIB),
      figure('CPU time per request for a token', 'µs', measured, ({ cpuPerRequest }) => cpuPerRequest),
      figure('Resident set', 'MiB', measured, ({ rss }) => rss / MIB),
    ],
    explanation: `The service loads OpenTelemetry's SDK only if it has a collector to send to (a test checks that). The
difference is the cost of loading and keeping the SDK. Start and memory of a process without tracing are
those of a service that has no tracing at all. Requests that are not part of a trace start one at most
20 times a second, so tracing adds little to the CPU time of requests.`,
  };
}
