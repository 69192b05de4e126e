import { expect, it } from 'vitest';
import type { ServiceCredentials } from './support/control.ts';
import { httpsRequest } from './support/https.ts';
import { exchangeParameters } from './support/ims-client.ts';
import { runSandbox } from './support/running-sandbox.ts';
import { tlsPair } from './support/tls-pair.ts';

it('the sandbox with a certificate uses HTTPS, also in the origin of documents and assertions', async () => {
  const tls = await tlsPair();
  const { origin } = await runSandbox({ tls });

  const issued = await httpsRequest(`${origin}/sandbox/credentials`, tls.cert, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"kind":"jwt"}',
  });
  const document = JSON.parse(issued.body) as ServiceCredentials;
  const exchanged = await httpsRequest(`${origin}/ims/exchange/jwt`, tls.cert, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(await exchangeParameters(document)).toString(),
  });

  expect(origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(document.integration.imsEndpoint).toBe(origin);
  expect(exchanged.status).toBe(200);
});
