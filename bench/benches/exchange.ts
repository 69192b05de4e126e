import { AdobeImsClient } from '#libs/adobe-ims';
import { AllowedOrigins, FileCredentialSource } from '#libs/credential-sources';
import { millis, SystemClock, type JwtCredential } from '#libs/tokens';

import { figure, type Benchmark } from '../benchmark.ts';
import { recordExchange } from '../recorded-exchange.ts';
import { alternate } from '../rounds.ts';
import type { Workplace } from '../workplace.ts';

const PER_ROUND = 200;
const clock = new SystemClock();

/** In milliseconds per exchange or request. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** What one exchange with IMS costs the process that asks for it. */
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
    explanation: `The JWT grant: sign an assertion with a 2,048-bit key, post it to the IMS sandbox in a process of its own, read and check the
answer; ${PER_ROUND} one after another in each round. Beside a \`fetch\` that posts as many bytes to a \`node:http\` server
which gives the same answer. CPU time is that of the asking process with all its threads; most of the difference is
the signature. Wall time includes the sandbox's own work (it verifies one signature and makes another) and no
network: Adobe's IMS takes longer. Each credential causes one exchange per half of a token's life, so none of this is felt by a caller.`,
  };
}

async function jwtCredential(workplace: Workplace): Promise<JwtCredential> {
  const folder = await workplace.credentialFolder({ 'aem-dev': await workplace.makeCredential('jwt') });
  const allowedOrigins = AllowedOrigins.parse(workplace.imsOrigin);
  const [sourced] = await new FileCredentialSource({ folder, allowedOrigins, clock }).list();
  if (sourced?.content.kind !== 'jwt') throw new Error('the sandbox made a credential that can not be used');
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
