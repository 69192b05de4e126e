import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { MAX_WAITING } from '../../apps/token-service/src/http/request-queue.ts';
import { eventually } from '../support/eventually.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

const CHANNEL = 'fastify.initialization';
const CHUNK_BYTES = 64 * 1024;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
/** For each request that reached a route: the server's side of its connection, and the client's port. */
const handled: { readonly socket: Socket; readonly port: number | undefined }[] = [];
const clients = new Map<Socket, number | undefined>();

beforeAll(async () => {
  workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
  service = await startObserved();
  await ready(service);
});

afterEach(() => {
  for (const client of clients.keys()) client.destroy();
  clients.clear();
});
afterAll(() => workplace.close());

/** Starts a service whose requests are listed in `handled`. */
async function startObserved(): Promise<RunningService> {
  const observe = (message: unknown): void => {
    (message as { fastify: FastifyInstance }).fastify.addHook('onRequest', (request, _reply, done) => {
      const { socket } = request.raw;
      handled.push({ socket, port: socket.remotePort });
      done();
    });
  };
  subscribe(CHANNEL, observe);
  try {
    return await workplace.startService();
  } finally {
    unsubscribe(CHANNEL, observe);
  }
}

async function open({ origin }: RunningService): Promise<Socket> {
  const client = connect(Number(new URL(origin).port), '127.0.0.1');
  await once(client, 'connect');
  clients.set(client, client.localPort);
  client.on('error', () => undefined);
  return client;
}

const requestFor = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const AUTHORIZATION = `Authorization: Bearer ${DEMO_KEY}\r\n`;

/** The server's side of a client's connection, once for each request that reached a route. */
const handledOf = (client: Socket): Socket[] =>
  handled.filter(({ port }) => port === clients.get(client)).map(({ socket }) => socket);

describe('a connection with 64 KiB of pipelined requests', () => {
  it.each([
    ['/docs', 'an unauthenticated client'],
    ['/openapi.json', 'an unauthenticated client'],
    ['/livez', 'an unauthenticated client'],
    ['/v1/tokens/aem-dev', 'an unauthenticated client'],
    ['/v1/tokens/aem-dev', 'a caller'],
    ['/v1/status', 'a caller'],
    ['/dashboard', 'an unauthenticated client'],
    ['/dashboard/assets/main.js', 'an unauthenticated client'],
    ['/nothing-here', 'an unauthenticated client'],
  ])('is closed after a few answers, while other connections get theirs: %s by %s', async (path, sender) => {
    const request = requestFor(path, sender === 'an unauthenticated client' ? '' : AUTHORIZATION);
    const client = await open(service);
    client.pause();
    client.write(request.repeat(Math.floor(CHUNK_BYTES / request.length)));
    const [serverSide] = await eventually(
      async () => handledOf(client),
      ([first]) => first?.destroyed === true,
    );
    expect((await service.get('/v1/tokens/aem-dev')).status).toBe(200);
    expect(serverSide?.writableLength).toBe(0);
    expect(handledOf(client).length).toBeLessThanOrEqual(MAX_WAITING + 1);
  });
});

it('answers a few pipelined requests in order', async () => {
  const requests: [path: string, headers: string, status: number][] = [
    ['/livez', '', 200],
    ['/v1/tokens/aem-dev', '', 401],
    ['/v1/tokens/aem-dev', AUTHORIZATION, 200],
    ['/nothing-here', '', 404],
    ['/docs', '', 200],
    ['/metrics', AUTHORIZATION, 200],
    ['/v1/status', AUTHORIZATION, 200],
    ['/dashboard', '', 200],
    ['/v1/tokens/other', AUTHORIZATION, 404],
    ['/openapi.json', 'Connection: close\r\n', 200],
  ];
  const client = await open(service);
  client.write(requests.map(([path, headers]) => requestFor(path, headers)).join(''));
  let answers = '';
  for await (const chunk of client) answers += String(chunk);
  const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  expect(statuses).toEqual(requests.map(([, , status]) => status));
});

it('queues one answer for a client that does not read, and does not wait for it at shutdown', async () => {
  const ending = await startObserved();
  const client = await open(ending);
  client.pause();
  const isStalled = (): boolean => (handledOf(client)[0]?.writableLength ?? 0) > 0;
  let sent = 0;
  // Both ends buffer a few megabytes. So few requests at once wait; more would close the connection.
  while (!isStalled()) {
    client.write(requestFor('/docs').repeat(8));
    sent += 8;
    await eventually(
      async () => handledOf(client).length,
      (count) => count === sent || isStalled(),
    );
  }
  client.write(requestFor('/docs').repeat(8));
  expect((await fetch(`${ending.origin}/livez`)).status).toBe(200);
  const [serverSide] = handledOf(client);
  expect(serverSide?.writableLength).toBeLessThan(CHUNK_BYTES);
  expect(serverSide?.destroyed).toBe(false);
  await ending.close();
  expect(serverSide?.destroyed).toBe(true);
});
