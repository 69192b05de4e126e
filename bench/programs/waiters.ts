/** Thousands of callers that wait for an answer, each on a connection of its own. A process of its own, told over IPC what to do. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { percentile } from '../statistics.ts';
import { Arrivals } from './arrivals.ts';

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
/** Every answer is read into this one: reading shares the machine with the server that is measured, so it must cost next to nothing. */
const BUFFER = Buffer.alloc(64 * 1024);
let arrivals = new Arrivals(0);
let sockets: Socket[] = [];

function open(port: number): Socket {
  const expected = arrivals;
  const callback = (size: number): boolean => expected.note(BUFFER.subarray(0, size));
  const socket = connect({ port, host: '127.0.0.1', onread: { buffer: BUFFER, callback } });
  socket.once('error', (error) => expected.fail(error));
  socket.once('close', () => expected.fail(new Error('a connection was closed')));
  return socket;
}

async function ask(order: Extract<WaitersOrder, { type: 'ask' }>): Promise<WaitersResult> {
  const { host, port } = new URL(order.origin);
  const lines = Object.entries({ host, ...order.headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = Buffer.from(`GET ${order.path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  arrivals = new Arrivals(order.count);
  while (sockets.length < order.count) {
    const some = Array.from({ length: Math.min(AT_ONCE, order.count - sockets.length) }, () =>
      open(Number(port)),
    );
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    for (const socket of some) socket.write(bytes);
    sockets.push(...some);
  }
  return NOTHING;
}

async function collect(since: number): Promise<WaitersResult> {
  try {
    const latencies = (await arrivals.all).map((at) => at - since);
    return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
  } finally {
    for (const socket of sockets) socket.destroy();
    sockets = [];
  }
}

process.on('message', (order: WaitersOrder) => {
  const done = order.type === 'ask' ? ask(order) : collect(order.since);
  void done
    .catch((error: unknown): WaitersResult => ({ ...NOTHING, error: String(error) }))
    .then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
