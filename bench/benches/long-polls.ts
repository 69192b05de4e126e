import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { AccessToken, instant, toCredentialName, type CredentialName } from '#libs/tokens';

import { RedisServer } from '../../test/support/redis-server.ts';
import { figure, type Benchmark } from '../benchmark.ts';
import { Child } from '../child.ts';
import { firstAnswer } from '../first-answer.ts';
import { mustOpenFiles } from '../open-files.ts';
import type { BareAnswer } from '../programs/bare-server.ts';
import type { HolderQuestion } from '../programs/bare-holder.ts';
import type { MemoryUse } from '../programs/probe.ts';
import type { WaitersOrder, WaitersResult } from '../programs/waiters.ts';
import { alternate } from '../rounds.ts';
import { AUTHORIZATION, type Workplace } from '../workplace.ts';

const WAITERS = 10_000;
const NAME = toCredentialName('aem-dev') as CredentialName;
const PATH = `/v1/tokens/${NAME}`;
const KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
const PREFIX = 'bench';
const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 20;
const KIB = 1024;
/** Node writes these by itself. */
const NODES_OWN = new Set(['connection', 'date', 'keep-alive']);

interface Measured {
  /** Milliseconds from the publication to the answer. */
  readonly p50: number;
  readonly p99: number;
  /** Bytes for each that waits. */
  readonly rss: number;
  readonly heap: number;
}

/** Somebody many callers wait for. */
interface Held {
  readonly server: Child;
  readonly origin: string;
  /** With what each of them asks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly count: () => Promise<number>;
  /** Makes it answer them all. */
  readonly release: () => Promise<unknown>;
}

/** How long after a rotation thousands that wait for it have the new token, and what their waiting costs. */
export async function longPolls(workplace: Workplace, rounds: number): Promise<Benchmark> {
  mustOpenFiles(WAITERS + 200);
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
  const service = async (): Promise<Held> => {
    const server = workplace.tokenServiceOn(
      { SERVICE_ROLE: 'vend', REDIS_URL: redis.url, REDIS_KEY_PREFIX: PREFIX, TOKEN_ENCRYPTION_KEYS: KEYS },
      workplace.withProbe,
    );
    const origin = await server.listening();
    const answer = await firstAnswer(origin, PATH);
    await answer.body?.cancel();
    const headers = { ...AUTHORIZATION, 'if-none-match': answer.headers.get('etag') ?? '' };
    return { server, origin, headers, count: () => waitingAt(origin), release: publish };
  };
  const bare = async (): Promise<Held> => {
    const server = workplace.bareHolder(await sample(), workplace.withProbe);
    const ask = (question: HolderQuestion) => server.ask<number>(question);
    const origin = await server.listening();
    const headers = { ...AUTHORIZATION, 'if-none-match': `W/"${'0'.repeat(64)}"` };
    return { server, origin, headers, count: () => ask('held'), release: () => ask('answer') };
  };
  let answerOfService: BareAnswer | null = null;
  const sample = async (): Promise<BareAnswer> => {
    if (answerOfService !== null) return answerOfService;
    const { server, origin } = await service();
    const answer = await firstAnswer(origin, PATH);
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !NODES_OWN.has(name)));
    answerOfService = { status: 200, headers, body: await answer.text() };
    await server.stop();
    return answerOfService;
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
    title: `A rotation that ${WAITERS.toLocaleString('en')} callers wait for`,
    subject: 'token service',
    baseline: 'bare `node:http`',
    figures: [
      figure('Publication to answer, median', 'ms', measured, ({ p50 }) => p50),
      figure('Publication to answer, 99th percentile', 'ms', measured, ({ p99 }) => p99),
      figure('Resident set for each that waits', 'KiB', measured, ({ rss }) => rss / KIB),
      figure('Heap and external for each that waits', 'KiB', measured, ({ heap }) => heap / KIB),
    ],
    explanation: `\`GET ${PATH}?wait=60\` with \`If-None-Match\` on ${WAITERS.toLocaleString('en')} connections to one process of the role \`vend\`, all waiting; then a new token is
published in Redis. Counted from just before it is published until the answer's bytes are with the caller: through Redis, its
message and the look-up of the token, and every caller's key and permission checked anew. Beside a \`node:http\` server
that holds as many requests and writes the same bytes to all of them in one go when it is told to. The callers are one process, which shares
the machine's cores with the server and takes its time to read.`,
  };
}

async function measure({ server, origin, headers, count, release }: Held, waiters: Child): Promise<Measured> {
  const tell = async (order: WaitersOrder): Promise<WaitersResult> => {
    const result = await waiters.ask<WaitersResult>(order);
    if (result.error !== undefined) throw new Error(`the waiting callers failed: ${result.error}`);
    return result;
  };
  const before = await server.ask<MemoryUse>('memory');
  await tell({ type: 'ask', origin, path: `${PATH}?wait=60`, headers, count: WAITERS });
  while ((await count()) < WAITERS) await delay(LOOK_EVERY_MS);
  const during = await server.ask<MemoryUse>('memory');
  const since = performance.timeOrigin + performance.now();
  const [{ p50, p99 }] = await Promise.all([tell({ type: 'collect', since }), release()]);
  await server.stop();
  return {
    p50,
    p99,
    rss: (during.rss - before.rss) / WAITERS,
    heap: (during.heapAndExternal - before.heapAndExternal) / WAITERS,
  };
}

/** How many wait at a token service, by its own word. */
async function waitingAt(origin: string): Promise<number> {
  const answer = await fetch(`${origin}/metrics`, { headers: AUTHORIZATION });
  return Number(/^ims_token_long_polls (\d+)$/m.exec(await answer.text())?.[1] ?? Number.NaN);
}
