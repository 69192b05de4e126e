import { figure, type Benchmark } from '../benchmark.ts';
import type { Child } from '../child.ts';
import type { MemoryUse } from '../programs/probe.ts';
import { alternate } from '../rounds.ts';
import { firstSuccess } from '../first-success.ts';
import type { Workplace } from '../workplace.ts';

const MIB = 1024 ** 2;

/** Measures the memory of a process without credentials. */
export async function idleMemory(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const folder = await workplace.credentialFolder({});
  const measure = async (child: Child): Promise<MemoryUse> => {
    await firstSuccess(await child.listening(), '/readyz');
    const use = await child.request<MemoryUse>('memory');
    await child.stop();
    return use;
  };
  const measured = await alternate(
    Math.ceil(rounds / 2),
    () => measure(workplace.tokenService(folder, workplace.withProbe)),
    () => measure(workplace.bareServer({ status: 200, headers: {}, body: '{}' }, workplace.withProbe)),
  );
  return {
    title: 'Memory of an idle process',
    subject: 'token service',
    baseline: 'bare `node:http`',
    figures: [
      figure('Heap and external', 'MiB', measured, ({ heapAndExternal }) => heapAndExternal / MIB),
      figure('Resident set', 'MiB', measured, ({ rss }) => rss / MIB),
    ],
    explanation: `After the start, the first response and a garbage collection, without any credential. Do not use this
figure as the limit of a container: under load V8 lets the heap grow before it collects.`,
  };
}
