/**
 * A process of thousands of waiting callers, each on its own connection. The benchmark controls it over IPC.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { percentile } from '../statistics.ts';
import { Arrivals } from './arrivals.ts';

/** `send` sends all requests. `collect` then waits for all responses. */
export type WaitersOrder =
  | {
      readonly type: 'send';
      readonly origin: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly count: number;
    }
  | {
      readonly type: 'collect';
      /** Epoch milliseconds, with fractions. */
      readonly since: number;
    };

/** Milliseconds from `since` until the responses arrived, or the error. */
export interface WaitersResult {
  readonly p50: number;
  readonly p99: number;
  readonly error?: string;
}

const CONNECTIONS_PER_BATCH = 200;
const NOTHING: WaitersResult = { p50: 0, p99: 0 };
/**
 * All sockets read into one buffer. The measured server shares the machine, so reading must use little CPU
 * time.
 */
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

async function send(order: Extract<WaitersOrder, { type: 'send' }>): Promise<WaitersResult> {
  const { host, port } = new URL(order.origin);
  const lines = Object.entries({ host, ...order.headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const bytes = Buffer.from(`GET ${order.path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  arrivals = new Arrivals(order.count);
  while (sockets.length < order.count) {
    const some = Array.from({ length: Math.min(CONNECTIONS_PER_BATCH, order.count - sockets.length) }, () =>
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
  const done = order.type === 'send' ? send(order) : collect(order.since);
  void done
    .catch((error: unknown): WaitersResult => ({ ...NOTHING, error: String(error) }))
    .then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
