import type { MemoryUse } from './programs/probe.ts';
import { firstSuccess } from './first-success.ts';
import type { Workplace } from './workplace.ts';

const CONCURRENT_CALLERS = 8;

/** The memory of an idle token service, and the bytes of its tokens. */
export interface FilledMemory extends MemoryUse {
  /** The bytes of all tokens as callers get them. */
  readonly tokenBytes: number;
}

/** Starts a token service, waits for each token, and measures the memory. */
export async function measureFilled(
  workplace: Workplace,
  folder: string,
  names: readonly string[],
): Promise<FilledMemory> {
  const service = workplace.tokenService(folder, workplace.withProbe);
  const origin = await service.listening();
  const tokenBytes = await fetchTokens(origin, names);
  const use = await service.request<MemoryUse>('memory');
  await service.stop();
  return { ...use, tokenBytes };
}

/** Gets every token and returns the sum of their bytes. */
async function fetchTokens(origin: string, names: readonly string[]): Promise<number> {
  const left = [...names];
  let bytes = 0;
  const caller = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      const answer = await firstSuccess(origin, `/v1/tokens/${name}`);
      const { access_token: token } = (await answer.json()) as { access_token: string };
      bytes += token.length;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_CALLERS }, caller));
  return bytes;
}
