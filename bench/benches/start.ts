import { figure, type Benchmark } from '../benchmark.ts';
import type { Child } from '../child.ts';
import { alternate } from '../rounds.ts';
import { firstSuccess } from '../first-success.ts';
import type { Workplace } from '../workplace.ts';

const PATH = '/v1/tokens/aem-dev';

/** Measures the time from process start to the first token. */
export async function start(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const folder = await workplace.credentialFolder({ 'aem-dev': await workplace.makeCredential('jwt') });
  const measure = async (begin: () => Child): Promise<number> => {
    const begun = performance.now();
    const child = begin();
    const answer = await firstSuccess(await child.listening(), PATH);
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
    explanation: `From the creation of the process to its first response with status 200. For the token service that
includes reading one service credential, signing the assertion and exchanging it at the IMS sandbox,
which already runs. For the baseline it is Node.js itself and one response. Without Redis. The operating
system has cached the files, so a first start on a cold disk takes longer, and so does an exchange with
Adobe's IMS across a network.`,
  };
}
