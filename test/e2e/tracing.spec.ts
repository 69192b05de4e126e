import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';
import { TraceCollector } from '../support/trace-collector.ts';

/** Loaded by prom-client for its exemplars, wherever it is used. */
const OF_PROM_CLIENT = '@opentelemetry/api';

const preload = new URL('../support/loaded-packages.ts', import.meta.url);
let workplace: Awaited<ReturnType<typeof makeWorkplace>>;

beforeAll(async () => {
  workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
});

afterAll(() => workplace.close());

/** A process that has handed out a token. */
async function startVending(env: Record<string, string>): Promise<ServiceProcess> {
  const service = await ServiceProcess.start(
    {
      CREDENTIAL_SOURCE: 'files',
      CREDENTIAL_DIR: workplace.credentialFolder,
      CALLERS_FILE: workplace.callersFile,
      IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
      ...env,
    },
    { preload },
  );
  await eventually(
    () => fetch(`${service.origin}/v1/tokens/aem-dev`, { headers: { authorization: `Bearer ${DEMO_KEY}` } }),
    ({ status }) => status === 200,
  );
  return service;
}

const ofOpenTelemetry = async (service: ServiceProcess): Promise<string[]> =>
  ((await service.tell({})) as string[]).filter((name) => name.startsWith('@opentelemetry/'));

describe('the production process', () => {
  it('loads nothing of the SDK without OTEL_EXPORTER_OTLP_ENDPOINT', async () => {
    const service = await startVending({});
    expect(await service.tell({})).toEqual(expect.arrayContaining(['fastify', 'prom-client']));
    expect(await ofOpenTelemetry(service)).toEqual([OF_PROM_CLIENT]);
    expect(await service.stop()).toBe(0);
  });

  it('loads it with, and sends what is left before it ends', async () => {
    const collector = await TraceCollector.start();
    const service = await startVending({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin });
    expect(await ofOpenTelemetry(service)).toContain('@opentelemetry/sdk-trace-base');
    expect(await service.stop()).toBe(0);
    expect(collector.spans.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['vend', 'refresh', 'exchange', 'source.list', 'store.publish']),
    );
    await collector.close();
  });

  it('ends in order although the collector never answers', async () => {
    const silent = await listen();
    const { port } = silent.address() as AddressInfo;
    const service = await startVending({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
    expect(await service.stop()).toBe(0);
    expect(service.logLines.at(-1)).toContain('"event":"stopped"');
    silent.close();
  });
});

/** Takes connections and says nothing. */
async function listen(): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
