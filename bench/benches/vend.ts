import { fileURLToPath } from 'node:url';

import { makeSigningKey, OidcIssuer } from '../../test/support/oidc-issuer.ts';
import { figure, type Benchmark, type Figure } from '../benchmark.ts';
import { Child } from '../child.ts';
import type { LoadOrder, LoadResult } from '../programs/load.ts';
import { alternate } from '../rounds.ts';
import { firstSuccess } from '../first-success.ts';
import { AUTHORIZATION, type Workplace } from '../workplace.ts';

const PATH = '/v1/tokens/aem-dev';
const LOAD = { path: PATH, connections: 32, requests: 60_000, maxMs: 5_000 };
const SUBJECT = 'system:serviceaccount:web:publisher';
/** Headers that Node.js adds itself. */
const HEADERS_OF_NODE = new Set(['connection', 'date', 'keep-alive']);

/** Headers that differ in each response of the service. The baseline repeats one value of the same length. */
const HEADERS_PER_RESPONSE = new Set(['date', 'x-request-id']);

interface Measured extends LoadResult {
  /** Microseconds of the server's CPU time, all threads, user and system. */
  readonly cpuPerRequest: number;
}

/** Measures throughput, latency and CPU time of requests for a token, by API key and by OIDC token. */
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
  const answer = await firstSuccess(serviceOrigin, PATH);
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !HEADERS_OF_NODE.has(name)));
  const body = await answer.text();
  const bare = workplace.bareServer({ status: 200, headers, body }, workplace.withProbe);
  const bareOrigin = await bare.listening();
  await assertSameResponse(AUTHORIZATION, serviceOrigin, bareOrigin);
  await assertSameResponse(byJwt, serviceOrigin, bareOrigin);
  await issuer.close();

  const load = new Child(fileURLToPath(new URL('../programs/load.ts', import.meta.url)));
  const measure = async (
    server: Child,
    origin: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Measured> => {
    const before = await server.request<number>('cpu');
    const result = await load.request<LoadResult>({ ...LOAD, headers, origin } satisfies LoadOrder);
    const after = await server.request<number>('cpu');
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
    title: 'Vending a token',
    subject: 'token service',
    baseline: 'bare `node:http`',
    figures,
    explanation: `\`GET ${PATH}\` on the production process, with metrics and audit; the benchmark reads and discards the
audit lines from a pipe. The baseline is a \`node:http\` server in another process that gets the same
requests and answers the same bytes without authentication. Callers use an API key, or the token of a
Kubernetes workload (RS256, ${byJwt.authorization.length.toLocaleString('en')} characters), which the
service has verified once and caches. Its issuer has stopped by then. One load process sends
${LOAD.requests.toLocaleString('en')} requests a round on ${LOAD.connections} kept-alive connections
over loopback. Compare the CPU times. Server and load share the machine's cores, so throughput is lower
than on a machine of its own. The latencies are those of a saturated server, not of a single caller.`,
  };
}

/** A token like those of Kubernetes in its length, valid for an hour. */
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

/** Checks that service and baseline give the same response, so that the figures can be compared. */
async function assertSameResponse(
  headers: Readonly<Record<string, string>>,
  ...origins: readonly string[]
): Promise<void> {
  const [one, other] = await Promise.all(
    origins.map(async (origin) => {
      const answer = await fetch(`${origin}${PATH}`, { headers });
      const answered = [...answer.headers].filter(([name]) => !HEADERS_PER_RESPONSE.has(name));
      return JSON.stringify([answer.status, answered, (await answer.text()).length]);
    }),
  );
  if (one !== other) throw new Error(`the response of the baseline differs:\n${one}\n${other}`);
}
