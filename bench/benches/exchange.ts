import { AdobeImsClient } from '#libs/adobe-ims';
import { AllowedOrigins, FileCredentialSource } from '#libs/credential-sources';
import { millis, SystemClock, type JwtCredential } from '#libs/tokens';

import { figure, type Benchmark } from '../benchmark.ts';
import { recordExchange } from '../recorded-exchange.ts';
import { alternate } from '../rounds.ts';
import type { Workplace } from '../workplace.ts';

const PER_ROUND = 200;
const clock = new SystemClock();

/** Milliseconds per exchange or request. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** Measures the CPU time and the wall time of one exchange with IMS. */
export async function exchange(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const credential = await jwtCredential(workplace);
  const { bodyBytes, answer } = await recordExchange(credential);
  const bare = workplace.bareServer(answer, [], 'POST');
  const url = await bare.listening();
  const body = new URLSearchParams({ a: 'x'.repeat(bodyBytes - 'a='.length) });
  const ims = new AdobeImsClient({ clock });
  const measured = await alternate(
    rounds,
    () => costOf(() => ims.exchange(credential, millis(10_000))),
    () => costOf(async () => (await fetch(url, { method: 'POST', body: new URLSearchParams(body) })).text()),
  );
  return {
    title: 'One exchange with IMS',
    subject: '`AdobeImsClient.exchange`',
    baseline: 'bare `fetch`',
    figures: [
      figure('CPU time', 'ms', measured, ({ cpu }) => cpu),
      figure('Wall time', 'ms', measured, ({ wall }) => wall),
    ],
    explanation: `The JWT grant: the client signs an assertion with a 2,048-bit key, posts it to the IMS sandbox in
another process, and reads and checks the response; ${PER_ROUND} times in sequence in each round. The
baseline is a \`fetch\` that posts as many bytes to a \`node:http\` server with the same response. CPU
time is that of the client's process with all threads; most of the difference is the signature. Wall
time includes the work of the sandbox, which verifies one signature and creates another, and no network:
Adobe's IMS takes longer. Each credential needs one exchange per half of a token's lifetime, in the
background, so callers do not wait for it.`,
  };
}

async function jwtCredential(workplace: Workplace): Promise<JwtCredential> {
  const folder = await workplace.credentialFolder({ 'aem-dev': await workplace.makeCredential('jwt') });
  const allowedOrigins = AllowedOrigins.parse(workplace.imsOrigin);
  const [sourced] = await new FileCredentialSource({ folder, allowedOrigins, clock }).list();
  if (sourced?.content.kind !== 'jwt') throw new Error('the sandbox created an unusable credential');
  return sourced.content;
}

async function costOf(act: () => Promise<unknown>): Promise<Cost> {
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  for (let index = 0; index < PER_ROUND; index += 1) await act();
  const wall = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wall: wall / PER_ROUND, cpu: (user + system) / 1000 / PER_ROUND };
}
