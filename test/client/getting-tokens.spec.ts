import { inspect } from 'node:util';

import { createTokenClient, TokenServiceError, type TokenClient } from '#libs/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { recordFetch } from './support/recorded-fetch.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace();
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
const failureOf = async (client: TokenClient): Promise<TokenServiceError> => {
  const failure: unknown = await client.getToken().catch((error: unknown) => error);
  if (!(failure instanceof TokenServiceError))
    throw new Error('The client did not fail with a TokenServiceError.');
  return failure;
};

describe('getToken', () => {
  it('returns a token that AEM accepts, and requests it once', async () => {
    const { fetch, requests } = recordFetch();
    const { getToken } = createTokenClient({ url: service.origin, credential: 'aem-dev', auth, fetch });
    const token = await getToken();
    expect(await aemStatus(token)).toBe(200);
    expect(await getToken()).toBe(token);
    expect(requests).toHaveLength(1);
  });

  it('sends one request for a thousand concurrent callers', async () => {
    const asked = (): number => service.logLines.join('').split('"event":"token.requested"').length - 1;
    const before = asked();
    const client = createTokenClient({ url: service.origin, credential: 'aem-dev', auth });
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => client.getToken()));
    expect(new Set(tokens).size).toBe(1);
    await eventually(
      async () => asked(),
      (count) => count > before,
    );
    expect(asked()).toBe(before + 1);
  });

  it('compares minTtl with the remaining lifetime of the token', async () => {
    const client = createTokenClient({ url: service.origin, credential: 'aem-dev', auth });
    expect(await client.getToken({ minTtl: 80_000 })).toBe(await client.getToken());
    const refusal = client.getToken({ minTtl: 90_000 });
    await expect(refusal).rejects.toMatchObject({ code: 'min_ttl_unavailable', status: null });
  });

  it.each([
    ['an unknown key', 'marked-wrong-key', 'aem-dev', 401, 'unauthenticated'],
    ['an unknown credential', DEMO_KEY, 'aem-none', 404, 'credential_not_found'],
  ])('fails at once with the reason: %s', async (_what, key, credential, status, code) => {
    const { fetch, requests } = recordFetch();
    const client = createTokenClient({ url: service.origin, credential, auth: { key }, fetch });
    const failures = await Promise.all([failureOf(client), failureOf(client)]);
    failures.push(await failureOf(client));
    for (const failure of failures) expect(failure).toMatchObject({ status, code, isFinal: true });
    // A caller that retries in a loop sends no further requests to the service.
    expect(requests).toHaveLength(1);
    expect(inspect(failures, { depth: 9, showHidden: true })).not.toContain(key);
  });

  it('reads auth.jwt for each request', async () => {
    let [asked, wrong] = [0, false];
    const jwt = async (): Promise<string> => {
      asked += 1;
      return wrong ? 'marked-wrong-key' : DEMO_KEY;
    };
    const options = { url: service.origin, credential: 'aem-dev', auth: { jwt } };
    await createTokenClient(options).getToken();
    wrong = true;
    expect(await failureOf(createTokenClient(options))).toMatchObject({ code: 'unauthenticated' });
    expect(asked).toBe(2);
  });

  it('reads auth.jwtFile for each request', async () => {
    await workplace.store('projected', 'marked-wrong-key\n');
    const jwtFile = `${workplace.credentialFolder}/projected.json`;
    const options = { url: service.origin, credential: 'aem-dev', auth: { jwtFile } };
    expect(await failureOf(createTokenClient(options))).toMatchObject({ code: 'unauthenticated' });
    await workplace.store('projected', `${DEMO_KEY}\n`);
    expect(await aemStatus(await createTokenClient(options).getToken())).toBe(200);
    await workplace.remove('projected');
    const clientWithShortTimeout = createTokenClient({ ...options, timeoutMs: 200 });
    const failure = await failureOf(clientWithShortTimeout);
    expect(failure).toMatchObject({
      code: 'auth_unavailable',
      message: expect.stringContaining('ENOENT') as string,
    });
  });

  it('returns a usable token while the service is down, and fails without one', async () => {
    const other = await workplace.startService();
    await ready(other);
    const client = createTokenClient({ url: other.origin, credential: 'aem-dev', auth });
    const token = await client.getToken();
    await other.close();
    expect(await client.getToken()).toBe(token);
    const late = createTokenClient({ url: other.origin, credential: 'aem-dev', auth, timeoutMs: 1_500 });
    const failure = await failureOf(late);
    expect(failure).toMatchObject({ code: 'service_unreachable', status: null, isFinal: false });
    expect(failure.message).toContain('ECONNREFUSED');
    expect(inspect([failure, late, client], { depth: 9, showHidden: true })).not.toContain(DEMO_KEY);
  });
});

describe('tokens with a lifetime of seconds', () => {
  it('are requested when they are due, not earlier and not in a loop', async () => {
    await workplace.control('PUT', '/settings', { tokenLifetimeSeconds: 5 });
    await workplace.addCredential('aem-brief');
    service.lookNow();
    const named = '/v1/tokens/aem-brief';
    await eventually(
      () => service.get(named),
      ({ status }) => status === 200,
    );
    const dueAt: number[] = [];
    const { fetch, requests } = recordFetch(async (input, init) => {
      const answer = await globalThis.fetch(input, init);
      const { refresh_in: refreshIn } = (await answer.clone().json()) as { refresh_in: number };
      dueAt.push((requests.at(-1)?.at ?? NaN) + refreshIn * 1000);
      return answer;
    });
    const failures: TokenServiceError[] = [];
    const onFailure = (failure: TokenServiceError): void => void failures.push(failure);
    const options = { url: service.origin, credential: 'aem-brief', auth, fetch, onFailure };
    const client = createTokenClient(options);
    const seen = new Set<string>();
    await eventually(
      () => client.getToken(),
      (token) => seen.add(token).size === 4,
    );
    expect(failures).toEqual([]);
    requests.slice(1).forEach(({ at }, index) => expect(at).toBeGreaterThanOrEqual(dueAt[index] ?? NaN));
    expect(requests.length).toBeGreaterThanOrEqual(4);
  });
});
