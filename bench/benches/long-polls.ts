import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { AccessToken, instant, toCredentialName, type CredentialName } from '#libs/tokens';

import { RedisServer } from '../../test/support/redis-server.ts';
import { figure, type Benchmark } from '../benchmark.ts';
import { Child } from '../child.ts';
import { firstSuccess } from '../first-success.ts';
import { assertOpenFileLimit } from '../open-files.ts';
import type { PreparedResponse } from '../programs/bare-server.ts';
import type { LongPollServerRequest } from '../programs/bare-long-poll-server.ts';
import type { MemoryUse } from '../programs/probe.ts';
import type { WaitersOrder, WaitersResult } from '../programs/waiters.ts';
import { alternate } from '../rounds.ts';
import { AUTHORIZATION, type Workplace } from '../workplace.ts';

const WAITERS = 10_000;
const NAME = toCredentialName('aem-dev') as CredentialName;
const PATH = `/v1/tokens/${NAME}`;
const KEYS = `k1:${randomBytes(32).toString('base64')}`;
const PREFIX = 'bench';
const DAY_MS = 86_400_000;
const POLL_INTERVAL_MS = 20;
const KIB = 1024;
/** Headers that Node.js adds itself. */
const HEADERS_OF_NODE = new Set(['connection', 'date', 'keep-alive']);

interface Measured {
  /** Milliseconds from the publication to the response. */
  readonly p50: number;
  readonly p99: number;
  /** Bytes per waiting caller. */
  readonly rss: number;
  readonly heap: number;
}

/** A server with many waiting callers. */
interface WaitingServer {
  readonly server: Child;
  readonly origin: string;
  /** The headers of every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly count: () => Promise<number>;
  /** Makes the server answer all waiting callers. */
  readonly release: () => Promise<unknown>;
}

/**
 * Measures how soon thousands of waiting callers have the new token after a rotation, and the memory of the
 * wait.
 */
export async function longPolls(workplace: Workplace, rounds: number): Promise<Benchmark> {
  assertOpenFileLimit(WAITERS + 200);
  const redis = await RedisServer.start();
  const store = new RedisTokenStore({
    address: parseRedisUrl(redis.url),
    keyPrefix: PREFIX,
    sealingKeys: SealingKeys.parse(KEYS),
  });
  const waiters = new Child(fileURLToPath(new URL('../programs/waiters.ts', import.meta.url)));
  let generation = 0;
  const publish = async (): Promise<void> => {
    const now = Date.now();
    const token = new AccessToken(randomBytes(650).toString('hex'), instant(now), instant(now + DAY_MS));
    generation += 1;
    await store.publish({ name: NAME, generation, token, version: 'v1' });
  };
  const service = async (): Promise<WaitingServer> => {
    const server = workplace.tokenServiceOn(
      { SERVICE_ROLE: 'vend', REDIS_URL: redis.url, REDIS_KEY_PREFIX: PREFIX, TOKEN_ENCRYPTION_KEYS: KEYS },
      workplace.withProbe,
    );
    const origin = await server.listening();
    const answer = await firstSuccess(origin, PATH);
    await answer.body?.cancel();
    const headers = { ...AUTHORIZATION, 'if-none-match': answer.headers.get('etag') ?? '' };
    return { server, origin, headers, count: () => waitingAt(origin), release: publish };
  };
  const bare = async (): Promise<WaitingServer> => {
    const server = workplace.bareLongPollServer(await responseOfService(), workplace.withProbe);
    const send = (message: LongPollServerRequest) => server.request<number>(message);
    const origin = await server.listening();
    const headers = { ...AUTHORIZATION, 'if-none-match': `W/"${'0'.repeat(64)}"` };
    return { server, origin, headers, count: () => send('count'), release: () => send('release') };
  };
  let serviceResponse: PreparedResponse | null = null;
  const responseOfService = async (): Promise<PreparedResponse> => {
    if (serviceResponse !== null) return serviceResponse;
    const { server, origin } = await service();
    const answer = await firstSuccess(origin, PATH);
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !HEADERS_OF_NODE.has(name)));
    serviceResponse = { status: 200, headers, body: await answer.text() };
    await server.stop();
    return serviceResponse;
  };

  await publish();
  const measured = await alternate(
    rounds,
    async () => measure(await service(), waiters),
    async () => measure(await bare(), waiters),
  );
  await waiters.stop();
  await store.close();
  await redis.stop();
  return {
    title: `A rotation with ${WAITERS.toLocaleString('en')} waiting callers`,
    subject: 'token service',
    baseline: 'bare `node:http`',
    figures: [
      figure('Publication to response, median', 'ms', measured, ({ p50 }) => p50),
      figure('Publication to response, 99th percentile', 'ms', measured, ({ p99 }) => p99),
      figure('Resident set per waiting caller', 'KiB', measured, ({ rss }) => rss / KIB),
      figure('Heap and external per waiting caller', 'KiB', measured, ({ heap }) => heap / KIB),
    ],
    explanation: `\`GET ${PATH}?wait=60\` with \`If-None-Match\` on ${WAITERS.toLocaleString('en')} connections to one
process of the role \`vend\`. When all callers wait, a new token is published in Redis. The time runs
from just before the publication until the bytes of the response reach the caller. It includes Redis,
its message, reading the token, and a new check of every caller's key and permission. The baseline is a
\`node:http\` server that holds as many requests and writes the same bytes to all of them at once. The
callers are one process, which shares the machine's cores with the server.`,
  };
}

async function measure(
  { server, origin, headers, count, release }: WaitingServer,
  waiters: Child,
): Promise<Measured> {
  const command = async (order: WaitersOrder): Promise<WaitersResult> => {
    const result = await waiters.request<WaitersResult>(order);
    if (result.error !== undefined) throw new Error(`the waiting callers failed: ${result.error}`);
    return result;
  };
  const before = await server.request<MemoryUse>('memory');
  await command({ type: 'send', origin, path: `${PATH}?wait=60`, headers, count: WAITERS });
  while ((await count()) < WAITERS) await delay(POLL_INTERVAL_MS);
  const during = await server.request<MemoryUse>('memory');
  const since = performance.timeOrigin + performance.now();
  const [{ p50, p99 }] = await Promise.all([command({ type: 'collect', since }), release()]);
  await server.stop();
  return {
    p50,
    p99,
    rss: (during.rss - before.rss) / WAITERS,
    heap: (during.heapAndExternal - before.heapAndExternal) / WAITERS,
  };
}

/** The number of waiting callers, from the metrics of the token service. */
async function waitingAt(origin: string): Promise<number> {
  const answer = await fetch(`${origin}/metrics`, { headers: AUTHORIZATION });
  return Number(/^ims_token_long_polls (\d+)$/m.exec(await answer.text())?.[1] ?? Number.NaN);
}
