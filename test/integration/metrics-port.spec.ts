import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { expect, it } from 'vitest';

import { makeWorkplace } from '../support/token-service.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

it('serves the metrics, and nothing else, without authentication on METRICS_PORT', async () => {
  const workplace = await makeWorkplace();
  const port = await freePort();
  await workplace.startService({ METRICS_PORT: String(port) });
  const origin = `http://127.0.0.1:${port}`;
  const answer = await fetch(`${origin}/metrics`);
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(await answer.text()).toContain('ims_token_store_up');
  expect((await fetch(`${origin}/v1/status`)).status).toBe(404);
  await workplace.close();
  await expect(fetch(`${origin}/metrics`)).rejects.toThrow('fetch failed');
});
