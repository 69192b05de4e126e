import { hash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';

const HOG = new URL('../support/descriptor-hog.ts', import.meta.url);
const NOBODY = 'callers: []\n';
/** So large that another thread reads it, which such a process cannot start. */
const MANY_OTHERS = `callers:\n${Array.from(
  { length: 500 },
  (_, index) => `  - {name: c${index}, apiKeySha256: ["${hash('sha256', `key ${index}`, 'hex')}"]}\n`,
).join('')}`;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: ServiceProcess;
const sockets: Socket[] = [];
const agents: Agent[] = [];

const start = (openFiles: number): Promise<ServiceProcess> =>
  ServiceProcess.start(
    {
      CREDENTIAL_SOURCE: 'files',
      CREDENTIAL_DIR: workplace.credentialFolder,
      CALLERS_FILE: workplace.callersFile,
      IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
    },
    { preload: HOG, openFiles },
  );

beforeEach(async () => {
  workplace = await makeWorkplace();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const agent of agents.splice(0)) agent.destroy();
  await service.stop();
  await workplace.close();
});

/** Opens connections of one address and writes the same bytes on each. */
async function flood(count: number, localAddress: string, bytes: string): Promise<void> {
  const port = Number(new URL(service.origin).port);
  await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      sockets.push(socket);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(bytes);
    }),
  );
}

/** Asks on a connection of its own, or on the one of an agent. */
async function ask(path: string, agent: Agent | false = false): Promise<[status: number, body: string]> {
  const headers = { authorization: `Bearer ${DEMO_KEY}` };
  const sent = request(service.origin + path, { agent, headers }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return [answer.statusCode ?? 0, await text(answer)];
}

async function metric(name: string, agent?: Agent): Promise<number> {
  const [, body] = await ask('/metrics', agent);
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1]);
}

const logged = (event: string): string[] =>
  service.logLines.filter((line) => line.includes(`"event":"${event}"`));

describe('a process with few file descriptors', () => {
  it.each([
    ['silent', 96, ''],
    ['silent', 200, ''],
    ['stopped within its headers', 96, 'GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-'],
    ['kept alive', 96, 'GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  ])(
    'answers while 600 %s connections are open, and denies a removed caller (limit %i)',
    async (_, openFiles, bytes) => {
      service = await start(openFiles);
      await flood(300, '127.0.0.1', bytes);
      await flood(300, '127.0.0.2', bytes);
      expect(await ask('/livez')).toEqual([200, '{"status":"ok"}']);
      expect(await metric('ims_http_connections')).toBeLessThanOrEqual(openFiles / 2);
      expect(await metric('ims_http_connections_crowded_out_total')).toBeGreaterThan(300);
      await writeFile(workplace.callersFile, NOBODY);
      await eventually(
        () => ask('/v1/status'),
        ([status]) => status === 401,
      );
      expect(logged('callers-file.broken')).toEqual([]);
      expect(logged('callers-file.unreadable')).toEqual([]);
    },
  );

  it.each([
    ['an empty file', NOBODY],
    ['a large file', MANY_OTHERS],
  ])('denies a caller that %s lacks while other files use up all descriptors', async (_, callers) => {
    service = await start(200);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    expect((await ask('/v1/status', agent))[0]).toBe(200);
    expect(await service.tell({ hog: 10_000 })).toMatchObject({ reason: 'EMFILE' });
    await writeFile(workplace.callersFile, callers);
    await eventually(
      () => ask('/v1/status', agent),
      ([status]) => status === 401,
    );
    expect(logged('callers-file.unreadable')).toEqual([]);
  });
});
