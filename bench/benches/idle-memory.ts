import { figure, type Benchmark } from '../benchmark.ts';
import type { Child } from '../child.ts';
import type { MemoryUse } from '../programs/probe.ts';
import { alternate } from '../rounds.ts';
import { firstAnswer } from '../first-answer.ts';
import type { Workplace } from '../workplace.ts';

const MIB = 1024 ** 2;

/** What a process takes up before it holds anything. */
export async function idleMemory(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const folder = await workplace.credentialFolder({});
  const measure = async (child: Child): Promise<MemoryUse> => {
    await firstAnswer(await child.listening(), '/readyz');
    const use = await child.ask<MemoryUse>('memory');
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
    explanation: `After the start, the first answer and garbage collection, without any credential. Not a figure to set a container's limit by: under load V8 lets the heap grow
before it collects.`,
  };
}
