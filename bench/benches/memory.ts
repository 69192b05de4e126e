import { figure, type Benchmark } from '../benchmark.ts';
import { measureFilled, type FilledMemory } from '../filled-service.ts';
import type { MemoryUse } from '../programs/probe.ts';
import type { Round } from '../rounds.ts';
import type { Workplace } from '../workplace.ts';

const STEP = 1_000;
const KIB = 1024;

/** Measures the memory of a thousand credentials with their tokens and state. */
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
  // A third of the rounds is enough: a round takes seconds, and the figures vary little.
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
    explanation: `The difference in memory, after garbage collection, between 1,000 and no distinct OAuth Server-to-Server
credentials, and between 2,000 and 1,000. Every credential has a token that was read once. The baseline
is the bytes of these tokens as callers get them. They are about 1,300 characters long; longer tokens
give a smaller ratio. The first thousand include what every exchange loads. The resident set mostly
shows how far V8 let the heap grow during a thousand concurrent exchanges and has not returned. It does
not grow in proportion, so do not multiply it. With Redis and with service credentials, whose keys live
outside the heap, it is larger.`,
  };
}

/** The growth in memory, and as its baseline the bytes of the added tokens. */
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
