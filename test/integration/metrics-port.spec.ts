import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { makeWorkplace } from '../support/token-service.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

it('serves the metrics and the probes, and nothing else, without authentication on METRICS_PORT', async () => {
  const workplace = await makeWorkplace();
  const port = await freePort();
  await workplace.startService({ METRICS_PORT: String(port) });
  const origin = `http://127.0.0.1:${port}`;
  for (const query of ['', '?', '?name[]=ims_token_store_up', '?a=1&a=2']) {
    const head = await fetch(`${origin}/metrics${query}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(`${origin}/metrics${query}`)).status).toBe(200);
  }
  expect((await fetch(`${origin}/metrics`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${origin}/metricsx`)).status).toBe(404);
  const answer = await fetch(`${origin}/metrics`);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(await answer.text()).toContain('ims_token_store_up');
  await eventually(
    () => fetch(`${origin}/readyz`),
    ({ status }) => status === 200,
  );
  for (const path of ['/livez', '/readyz']) {
    const probe = await fetch(origin + path);
    expect([probe.status, probe.headers.get('content-type'), await probe.json()]).toEqual([
      200,
      'application/json; charset=utf-8',
      { status: 'ok' },
    ]);
  }
  for (const path of ['/v1/status', '/docs', '/']) expect((await fetch(origin + path)).status).toBe(404);
  expect((await fetch(`${origin}/livez`, { method: 'POST' })).status).toBe(405);
  await workplace.close();
  await expect(fetch(`${origin}/metrics`)).rejects.toThrow('fetch failed');
});

it('answers /readyz on METRICS_PORT as on the port for callers', async () => {
  const workplace = await makeWorkplace();
  await workplace.store('aem-broken', '{"integration": nonsense');
  const port = await freePort();
  const service = await workplace.startService({ METRICS_PORT: String(port) });
  // The warm-up ends, but there is no token to vend.
  await eventually(
    async () => (await service.get('/v1/tokens/aem-broken')).json(),
    (problem) => (problem as { code: string }).code !== 'starting',
  );
  for (const origin of [service.origin, `http://127.0.0.1:${port}`]) {
    const probe = await fetch(`${origin}/readyz`);
    expect([probe.status, await probe.json()]).toEqual([503, { status: 'error' }]);
  }
  await workplace.close();
});
