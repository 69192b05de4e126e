import { createTokenClient, type TokenClient } from '#libs/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import {
  problemAnswer,
  tokenAnswer,
  useScriptedServers,
  type ScriptedServer,
} from '../support/scripted-server.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { recordFetch } from './support/recorded-fetch.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace();
  await workplace.control('PUT', '/settings', { tokenLifetimeSeconds: 6 });
  await workplace.addCredential('aem-dev');
  service = await workplace.startService();
  await ready(service);
});
afterAll(() => workplace.close());

const auth = { key: DEMO_KEY };
const aemStatus = async (token: string): Promise<number> => {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${workplace.imsOrigin}/aem/content.json`, { headers })).status;
};

describe('watch', () => {
  it('yields each new token over rotations, with one request each, and updates getToken', async () => {
    const { fetch, requests } = recordFetch();
    const client = createTokenClient({ url: service.origin, credential: 'aem-dev', auth, fetch });
    const end = new AbortController();
    const seen: string[] = [];
    for await (const token of client.watch({ signal: end.signal })) {
      seen.push(token);
      expect(await aemStatus(token)).toBe(200);
      expect(await client.getToken()).toBe(token);
      if (seen.length === 4) end.abort();
    }
    expect(new Set(seen).size).toBe(4);
    expect(requests).toHaveLength(4);
    expect(requests.slice(1).map(({ headers }) => headers.has('if-none-match'))).toEqual([true, true, true]);
  });

  it('ends at once when the signal aborts during a long-poll', async () => {
    const { fetch, requests } = recordFetch();
    const client = createTokenClient({ url: service.origin, credential: 'aem-dev', auth, fetch });
    const end = new AbortController();
    const tokens = client.watch({ signal: end.signal });
    expect((await tokens.next()).done).toBe(false);
    const next = tokens.next();
    await eventually(
      async () => requests.length,
      (count) => count === 2,
    );
    end.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect((await client.watch({ signal: end.signal }).next()).done).toBe(true);
  });

  it('throws an error after which a retry cannot succeed', async () => {
    const client = createTokenClient({ url: service.origin, credential: 'aem-none', auth });
    await expect(client.watch().next()).rejects.toMatchObject({ code: 'credential_not_found', status: 404 });
  });
});

describe('watch at a service with unusual responses', () => {
  const start = useScriptedServers();
  const watchAt = async (
    script: ScriptedServer['script'],
  ): Promise<{ client: TokenClient; failures: string[] }> => {
    const server = await start(script);
    const failures: string[] = [];
    const onFailure = ({ code }: { code: string }): void => void failures.push(code);
    const client = createTokenClient({ url: server.origin, credential: 'aem-dev', auth, onFailure });
    return { client, failures };
  };

  it('continues after errors of the service', async () => {
    const answers = [
      tokenAnswer('token-1'),
      problemAnswer(429, 'rate_limited', { 'retry-after': '1' }),
      { status: 304 },
      problemAnswer(502, 'bad'),
      tokenAnswer('token-2'),
    ];
    const { client, failures } = await watchAt(() => answers.shift() ?? { status: 304 });
    const tokens = client.watch();
    expect((await tokens.next()).value).toBe('token-1');
    expect((await tokens.next()).value).toBe('token-2');
    expect(failures).toEqual(['rate_limited', 'bad']);
    await tokens.return();
  });

  it('waits between requests if the service does not wait', async () => {
    const at: number[] = [];
    const { client } = await watchAt(({ method, url }) => {
      if (url?.includes('wait=') === true) at.push(performance.now());
      return method === 'GET' && url?.includes('wait=') === true ? { status: 304 } : tokenAnswer('token-1');
    });
    const end = new AbortController();
    const tokens = client.watch({ signal: end.signal });
    await tokens.next();
    const next = tokens.next();
    await eventually(
      async () => at.length,
      (count) => count === 3,
    );
    end.abort();
    await next;
    at.slice(1).forEach((time, index) => expect(time - (at[index] ?? NaN)).toBeGreaterThan(900));
  });
});
