/**
 * A process that sends the same request repeatedly on kept-alive connections. The benchmark controls it over
 * IPC.
 */
import { percentile } from '../statistics.ts';
import { Connection } from './connection.ts';

/** The load: it ends after `requests` requests or `maxMs` milliseconds. */
export interface LoadOrder {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly requests: number;
  readonly maxMs: number;
}

/** The result, with latencies in milliseconds, or the error. */
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly error?: string;
}

function requestBytes({ origin, path, headers }: LoadOrder): Buffer {
  const lines = Object.entries({ host: new URL(origin).host, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

/** Sends requests on one connection, each after the response to the one before, until `isEnough`. */
function sendRequests(connection: Connection, bytes: Buffer, isEnough: () => boolean, latencies: number[]) {
  return new Promise<void>((resolve) => {
    const next = (): void => {
      if (isEnough()) return resolve();
      const start = performance.now();
      connection.request(bytes, () => {
        latencies.push(performance.now() - start);
        next();
      });
    };
    next();
  });
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const { promise: failure, reject } = Promise.withResolvers<never>();
  failure.catch(() => undefined);
  const port = Number(new URL(order.origin).port);
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () => Connection.open(port, reject)),
  );
  const bytes = requestBytes(order);
  const latencies: number[] = [];
  let begun = 0;
  const start = performance.now();
  const isEnough = (): boolean => begun++ >= order.requests || performance.now() - start > order.maxMs;
  try {
    const all = connections.map((connection) => sendRequests(connection, bytes, isEnough, latencies));
    await Promise.race([Promise.all(all), failure]);
  } finally {
    for (const connection of connections) connection.close();
  }
  const seconds = (performance.now() - start) / 1000;
  return {
    requests: latencies.length,
    perSecond: latencies.length / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

process.on('message', (order: LoadOrder) => {
  const failed = (error: unknown): LoadResult => ({
    requests: 0,
    perSecond: 0,
    p50: 0,
    p99: 0,
    error: String(error),
  });
  void run(order)
    .catch(failed)
    .then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
