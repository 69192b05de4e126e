import type { MemoryUse } from './programs/probe.ts';
import { firstAnswer } from './first-answer.ts';
import type { Workplace } from './workplace.ts';

const CALLERS_AT_ONCE = 8;

/** The memory of a token service at rest, and what of it is the tokens themselves. */
export interface FilledMemory extends MemoryUse {
  /** The bytes of all tokens as callers get them. */
  readonly tokenBytes: number;
}

/** Starts a token service, asks for each token until it is there, and measures. */
export async function measureFilled(
  workplace: Workplace,
  folder: string,
  names: readonly string[],
): Promise<FilledMemory> {
  const service = workplace.tokenService(folder, workplace.withProbe);
  const origin = await service.listening();
  const tokenBytes = await askForEach(origin, names);
  const use = await service.ask<MemoryUse>('memory');
  await service.stop();
  return { ...use, tokenBytes };
}

/** Of the tokens, the bytes. */
async function askForEach(origin: string, names: readonly string[]): Promise<number> {
  const left = [...names];
  let bytes = 0;
  const caller = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      const answer = await firstAnswer(origin, `/v1/tokens/${name}`);
      const { access_token: token } = (await answer.json()) as { access_token: string };
      bytes += token.length;
    }
  };
  await Promise.all(Array.from({ length: CALLERS_AT_ONCE }, caller));
  return bytes;
}
