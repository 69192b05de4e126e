import { figure, type Benchmark } from '../benchmark.ts';
import { firstAnswer } from '../first-answer.ts';
import type { MemoryUse } from '../programs/probe.ts';
import { alternate } from '../rounds.ts';
import type { Workplace } from '../workplace.ts';

const MIB = 1024 ** 2;

/** What a process has to bear with tracing on, and is spared with it off. */
export async function tracing(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const folder = await workplace.credentialFolder({ 'aem-dev': await workplace.makeCredential('jwt') });
  const source = { CREDENTIAL_SOURCE: 'files', CREDENTIAL_DIR: folder };
  const collector = workplace.bareServer(
    { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' },
    [],
    'POST',
  );
  const traced = { ...source, OTEL_EXPORTER_OTLP_ENDPOINT: await collector.listening() };
  const measure = async (env: Readonly<Record<string, string>>): Promise<MemoryUse & { took: number }> => {
    const begun = performance.now();
    const child = workplace.tokenServiceOn(env, workplace.withProbe);
    const answer = await firstAnswer(await child.listening(), '/v1/tokens/aem-dev');
    const took = performance.now() - begun;
    await answer.body?.cancel();
    const use = await child.ask<MemoryUse>('memory');
    await child.stop();
    return { ...use, took };
  };
  const measured = await alternate(
    Math.ceil(rounds / 2),
    () => measure(source),
    () => measure(traced),
  );
  return {
    title: 'Without tracing, beside with it',
    subject: 'token service without `OTEL_EXPORTER_OTLP_ENDPOINT`',
    baseline: 'the same with a collector',
    figures: [
      figure('From process start to the first token', 'ms', measured, ({ took }) => took),
      figure('Heap and external', 'MiB', measured, ({ heapAndExternal }) => heapAndExternal / MIB),
      figure('Resident set', 'MiB', measured, ({ rss }) => rss / MIB),
    ],
    explanation: `OpenTelemetry's SDK is loaded where there is a collector to send to, and nowhere else (a test holds that). So what it takes to load and hold it is the difference
here, and the start and the memory of a process without tracing are those of a service that has no tracing at all.`,
  };
}
