import { figure, type Benchmark } from '../benchmark.ts';
import { measureFilled, type FilledMemory } from '../filled-service.ts';
import type { MemoryUse } from '../programs/probe.ts';
import type { Round } from '../rounds.ts';
import type { Workplace } from '../workplace.ts';

const STEP = 1_000;
const KIB = 1024;

/** What a thousand credentials, their tokens and everything kept about them take up. */
export async function memory(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const documents: [string, string][] = [];
  for (let index = 0; index < 2 * STEP; index += 1) {
    documents.push([`aem-${index}`, await workplace.makeCredential('oauth')]);
  }
  const filledWith = async (count: number): Promise<() => Promise<FilledMemory>> => {
    const some = documents.slice(0, count);
    const folder = await workplace.credentialFolder(Object.fromEntries(some));
    return () =>
      measureFilled(
        workplace,
        folder,
        some.map(([name]) => name),
      );
  };
  const [empty, half, full] = [await filledWith(0), await filledWith(STEP), await filledWith(2 * STEP)];

  const firstThousand: Round<MemoryUse>[] = [];
  const secondThousand: Round<MemoryUse>[] = [];
  // A start, a thousand exchanges and a clean-up take seconds, and the figures hardly move.
  for (let round = 0; round < Math.ceil(rounds / 3); round += 1) {
    const [none, some, many] = [await empty(), await half(), await full()];
    firstThousand.push(growth(none, some));
    secondThousand.push(growth(some, many));
  }
  const heap = ({ heapAndExternal }: MemoryUse): number => heapAndExternal / KIB;
  const rss = (use: MemoryUse): number => use.rss / KIB;
  return {
    title: 'Memory per 1,000 credentials',
    subject: 'token service',
    baseline: 'the bytes of the tokens',
    figures: [
      figure('Heap and external, the first 1,000', 'KiB', firstThousand, heap),
      figure('Heap and external, the second 1,000', 'KiB', secondThousand, heap),
      figure('Resident set, the first 1,000', 'KiB', firstThousand, rss),
      figure('Resident set, the second 1,000', 'KiB', secondThousand, rss),
    ],
    explanation: `How much more a process holds, after garbage collection, with 1,000 and 2,000 distinct OAuth Server-to-Server
credentials than with none and 1,000; each has its token, and each token was asked for once. Baseline: the bytes of
those tokens as callers get them. They are some 1,300 characters long; the longer the tokens, the smaller the ratio. The first thousand also pay for what any exchange loads. The resident set mostly shows
how far V8 let the heap grow during a thousand exchanges at once and has not given back: it does not grow in
proportion, so do not multiply it. With Redis and with service credentials
(whose keys live outside the heap) it is more.`,
  };
}

/** What was added, beside the tokens that were. */
function growth(before: FilledMemory, after: FilledMemory): Round<MemoryUse> {
  const tokens = after.tokenBytes - before.tokenBytes;
  return {
    subject: {
      heapAndExternal: after.heapAndExternal - before.heapAndExternal,
      rss: after.rss - before.rss,
    },
    baseline: { heapAndExternal: tokens, rss: tokens },
  };
}
