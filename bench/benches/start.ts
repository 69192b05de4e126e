import { figure, type Benchmark } from '../benchmark.ts';
import type { Child } from '../child.ts';
import { alternate } from '../rounds.ts';
import { firstAnswer } from '../first-answer.ts';
import type { Workplace } from '../workplace.ts';

const PATH = '/v1/tokens/aem-dev';

/** How long it takes from nothing to the first token. */
export async function start(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const folder = await workplace.credentialFolder({ 'aem-dev': await workplace.makeCredential('jwt') });
  const measure = async (begin: () => Child): Promise<number> => {
    const begun = performance.now();
    const child = begin();
    const answer = await firstAnswer(await child.listening(), PATH);
    const took = performance.now() - begun;
    await answer.body?.cancel();
    await child.stop();
    return took;
  };
  const measured = await alternate(
    rounds,
    () => measure(() => workplace.tokenService(folder)),
    () => measure(() => workplace.bareServer({ status: 200, headers: {}, body: '{}' })),
  );
  return {
    title: 'From process start to the first token',
    subject: 'token service',
    baseline: 'bare `node:http`',
    figures: [figure('Wall time', 'ms', measured, (milliseconds) => milliseconds)],
    explanation: `From the creation of the process to its first answer with status 200: for the token service that includes reading
one service credential, signing the assertion and exchanging it at the IMS sandbox, which already runs; for the
baseline it is Node itself and one answer. No Redis. Files were read before, so a first start on a cold disk takes
longer, and so does an exchange with the real Adobe IMS across a network.`,
  };
}
