import { hash } from 'node:crypto';

import { createTokenClient, type TokenClient } from '#libs/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { recordFetch } from './support/recorded-fetch.ts';

const READER_KEY = 'key-of-reader-08fe';
const CALLERS = `callers:
  - name: demo
    apiKeySha256: ["${hash('sha256', DEMO_KEY, 'hex')}"]
    tokens: ["*"]
    permissions: [read, refresh, status]
  - name: reader
    apiKeySha256: ["${hash('sha256', READER_KEY, 'hex')}"]
    tokens: ["*"]
`;
const REPORT = 'POST /v1/tokens/aem-dev/refresh';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let account: { readonly clientId: string; readonly clientSecret: string };

beforeAll(async () => {
  workplace = await makeWorkplace(CALLERS);
  const document = JSON.parse(await workplace.addCredential('aem-dev')) as {
    integration: { technicalAccount: typeof account };
  };
  account = document.integration.technicalAccount;
  service = await workplace.startService();
  await ready(service);
});
afterAll(() => workplace.close());

const AEM = (): string => `${workplace.imsOrigin}/aem/content.json`;

/** Invalidates a token at IMS without telling the service. */
async function invalidate(token: string): Promise<void> {
  const body = new URLSearchParams({
    token_type: 'access_token',
    token,
    client_id: account.clientId,
    client_secret: account.clientSecret,
  });
  const answer = await fetch(`${workplace.imsOrigin}/ims/invalidate_token/v2`, { method: 'POST', body });
  expect(answer.status).toBe(200);
}

const clientOf = (key: string, fetch = globalThis.fetch): TokenClient =>
  createTokenClient({ url: service.origin, credential: 'aem-dev', auth: { key }, fetch });
const exchanges = async (): Promise<number> => {
  const answer = await workplace.control('GET', '/requests');
  const { byClient } = (await answer.json()) as { byClient: Record<string, { issued: number }> };
  return byClient[account.clientId]?.issued ?? 0;
};

describe('a token that AEM no longer accepts', () => {
  it('is replaced once for all clients, and no request fails', async () => {
    const clients = Array.from({ length: 5 }, () => clientOf(DEMO_KEY));
    const [token = ''] = await Promise.all(clients.map((client) => client.getToken()));
    const before = await exchanges();
    await invalidate(token);
    const calls = clients.flatMap((client) => Array.from({ length: 20 }, () => client.fetch(AEM())));
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await exchanges()).toBe(before + 1);
    const tokens = await Promise.all(clients.map((client) => client.getToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(token);
  });

  it('is not replaced for a caller without permission, until another caller reports it', async () => {
    const { fetch, to } = recordFetch();
    const reader = clientOf(READER_KEY, fetch);
    const token = await reader.getToken();
    await invalidate(token);
    expect((await reader.fetch(AEM())).status).toBe(401);
    expect((await reader.fetch(AEM())).status).toBe(401);
    expect(to(REPORT)).toHaveLength(1);
    expect((await clientOf(DEMO_KEY).fetch(AEM())).status).toBe(200);
    const late = clientOf(READER_KEY, fetch);
    expect((await late.fetch(AEM())).status).toBe(200);
  });

  it('has no replacement while IMS is down, and the response is the 401', async () => {
    const { fetch, to } = recordFetch();
    const client = clientOf(DEMO_KEY, fetch);
    await invalidate(await client.getToken());
    await workplace.control('PUT', '/faults', { faults: [{ kind: 'status', status: 503 }] });
    expect((await client.fetch(AEM())).status).toBe(401);
    expect((await client.fetch(AEM())).status).toBe(401);
    expect(to(REPORT)).toHaveLength(1);
    await workplace.control('DELETE', '/faults');
  });
});
