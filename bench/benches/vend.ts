import { fileURLToPath } from 'node:url';

import { makeSigningKey, OidcIssuer } from '../../test/support/oidc-issuer.ts';
import { figure, type Benchmark, type Figure } from '../benchmark.ts';
import { Child } from '../child.ts';
import type { LoadOrder, LoadResult } from '../programs/load.ts';
import { alternate } from '../rounds.ts';
import { firstAnswer } from '../first-answer.ts';
import { AUTHORIZATION, type Workplace } from '../workplace.ts';

const PATH = '/v1/tokens/aem-dev';
const LOAD = { path: PATH, connections: 32, requests: 60_000, longestMs: 5_000 };
const SUBJECT = 'system:serviceaccount:web:publisher';
/** Node writes these by itself. */
const NODES_OWN = new Set(['connection', 'date', 'keep-alive']);

/** Different in each answer of the service; the baseline repeats one, as long as they all are. */
const OF_EACH_ANSWER = new Set(['date', 'x-request-id']);

interface Measured extends LoadResult {
  /** Microseconds of the server's CPU time, all threads, user and system. */
  readonly cpuPerRequest: number;
}

/** How many tokens a second one process hands out, and what each costs it, to callers of either kind. */
export async function vend(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const issuer = await OidcIssuer.start();
  issuer.keys = [makeSigningKey('RS256')];
  await workplace.addCaller(
    `{name: publisher, tokens: ["*"], jwt: {issuer: "${issuer.issuer}", audience: ims-tokens, subject: "${SUBJECT}"}}`,
  );
  const byJwt = { authorization: `Bearer ${await workloadToken(issuer)}` };
  const folder = await workplace.credentialFolder({ 'aem-dev': await workplace.makeCredential('jwt') });
  const service = workplace.tokenService(folder, workplace.withProbe);
  const serviceOrigin = await service.listening();
  const answer = await firstAnswer(serviceOrigin, PATH);
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !NODES_OWN.has(name)));
  const body = await answer.text();
  const bare = workplace.bareServer({ status: 200, headers, body }, workplace.withProbe);
  const bareOrigin = await bare.listening();
  await mustAnswerAlike(AUTHORIZATION, serviceOrigin, bareOrigin);
  await mustAnswerAlike(byJwt, serviceOrigin, bareOrigin);
  await issuer.close();

  const load = new Child(fileURLToPath(new URL('../programs/load.ts', import.meta.url)));
  const measure = async (
    server: Child,
    origin: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Measured> => {
    const before = await server.ask<number>('cpu');
    const result = await load.ask<LoadResult>({ ...LOAD, headers, origin } satisfies LoadOrder);
    const after = await server.ask<number>('cpu');
    if (result.error !== undefined) throw new Error(`the load was refused: ${result.error}`);
    return { ...result, cpuPerRequest: (after - before) / result.requests };
  };
  const figures: Figure[] = [];
  for (const [kind, headers] of [
    ['by API key', AUTHORIZATION],
    ['by OIDC token', byJwt],
  ] as const) {
    const measured = await alternate(
      rounds,
      () => measure(service, serviceOrigin, headers),
      () => measure(bare, bareOrigin, headers),
    );
    figures.push(
      figure(`CPU time per request, ${kind}`, 'µs', measured, ({ cpuPerRequest }) => cpuPerRequest),
      figure(`Throughput, ${kind}`, 'requests/s', measured, ({ perSecond }) => perSecond),
      figure(`Latency, median, ${kind}`, 'ms', measured, ({ p50 }) => p50),
      figure(`Latency, 99th percentile, ${kind}`, 'ms', measured, ({ p99 }) => p99),
    );
  }
  await load.stop();
  return {
    title: 'Handing out a token',
    subject: 'token service',
    baseline: 'bare `node:http`',
    figures,
    explanation: `\`GET ${PATH}\` on the production process, metrics and audit on, the audit lines going into a pipe that is
read and thrown away; beside a \`node:http\` server in a process of its own that is sent the very same requests and answers the very same bytes to
whoever asks. By API key, and by the token of a Kubernetes workload (RS256, ${byJwt.authorization.length.toLocaleString('en')} characters), which the service has verified once and remembers;
its issuer is gone by then. ${LOAD.connections} kept-alive connections on loopback, ${LOAD.requests.toLocaleString('en')} requests a round from one load process. The ratio of the CPU times is what
to go by: the server and the load share the machine's cores, so throughput is lower than on a machine of its own,
and the latencies are those of a saturated server: neither says how long a single caller waits.`,
  };
}

/** As long as those of Kubernetes, for an hour. */
function workloadToken(issuer: OidcIssuer): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 3_600;
  const named = (name: string) => ({ name, uid: '3c1f7a52-6f0e-4c0b-9d53-0c4b1f6a9e77' });
  const pod = {
    namespace: 'web',
    node: named('node-1'),
    pod: named('publisher-0'),
    serviceaccount: named('publisher'),
  };
  return issuer.token({ claims: { sub: SUBJECT, exp, 'kubernetes.io': pod } });
}

/** The baseline is one only if callers could not tell the two apart. */
async function mustAnswerAlike(
  headers: Readonly<Record<string, string>>,
  ...origins: readonly string[]
): Promise<void> {
  const [one, other] = await Promise.all(
    origins.map(async (origin) => {
      const answer = await fetch(`${origin}${PATH}`, { headers });
      const answered = [...answer.headers].filter(([name]) => !OF_EACH_ANSWER.has(name));
      return JSON.stringify([answer.status, answered, (await answer.text()).length]);
    }),
  );
  if (one !== other) throw new Error(`the baseline answers differently:\n${one}\n${other}`);
}
