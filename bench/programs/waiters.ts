/** Thousands of callers that wait for an answer, each on a connection of its own. A process of its own, told over IPC what to do. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { percentile } from '../statistics.ts';

/** First: ask, and answer when every request is on its way. Then: the answers, once all are there. */
export type WaitersOrder =
  | {
      readonly type: 'ask';
      readonly origin: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly count: number;
    }
  | {
      readonly type: 'collect';
      /** Milliseconds since 1970, with fractions. */
      readonly since: number;
    };

/** How long after `since` the answers arrived, in milliseconds; or why not. */
export interface WaitersResult {
  readonly p50: number;
  readonly p99: number;
  readonly error?: string;
}

const AT_ONCE = 200;
const NOTHING: WaitersResult = { p50: 0, p99: 0 };
let arrivals: Promise<number>[] = [];
let sockets: Socket[] = [];

const now = (): number => performance.timeOrigin + performance.now();

function arrivalOn(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk) => {
      const at = now();
      if (chunk.toString('latin1', 0, 13).startsWith('HTTP/1.1 200 ')) resolve(at);
      else reject(new Error(`not the answer this benchmark is about: ${chunk.toString('latin1', 0, 40)}`));
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('a connection was closed')));
  });
}

async function ask(order: Extract<WaitersOrder, { type: 'ask' }>): Promise<WaitersResult> {
  const { host, port } = new URL(order.origin);
  const lines = Object.entries({ host, ...order.headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = Buffer.from(`GET ${order.path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  while (sockets.length < order.count) {
    const some = Array.from({ length: Math.min(AT_ONCE, order.count - sockets.length) }, () =>
      connect(Number(port), '127.0.0.1'),
    );
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    for (const socket of some) {
      const arrival = arrivalOn(socket);
      arrival.catch(() => undefined);
      arrivals.push(arrival);
      socket.write(bytes);
    }
    sockets.push(...some);
  }
  return NOTHING;
}

async function collect(since: number): Promise<WaitersResult> {
  try {
    const latencies = (await Promise.all(arrivals)).map((at) => at - since);
    return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
  } finally {
    for (const socket of sockets) socket.destroy();
    sockets = [];
    arrivals = [];
  }
}

process.on('message', (order: WaitersOrder) => {
  const done = order.type === 'ask' ? ask(order) : collect(order.since);
  void done
    .catch((error: unknown): WaitersResult => ({ ...NOTHING, error: String(error) }))
    .then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
