import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OAUTH_CALLERS, PLAIN_KEY } from '../support/oauth-callers.ts';
import { makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace(OAUTH_CALLERS);
  await workplace.addCredential('aem-dev');
  service = await workplace.startService();
  await ready(service);
});
afterAll(() => workplace.close());

const ask = (secret: string, isBasic: boolean): Promise<Response> =>
  fetch(`${service.origin}/oauth/token`, {
    method: 'POST',
    headers: isBasic ? { authorization: `Basic ${btoa(`catalog-sync:${secret}`)}` } : {},
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'aem-dev',
      ...(isBasic ? {} : { client_id: 'catalog-sync', client_secret: secret }),
    }),
  });

describe('OAuth clients that do not know the secret', () => {
  it('are throttled in each way to send it, and the client that knows the secret is not', async () => {
    // Like Go's: each attempt by Basic, and again in the body.
    const answers: Response[] = [];
    const isSlowed = ({ status }: Response): boolean => status === 429;
    while (answers.filter(isSlowed).length < 10)
      answers.push(await ask('marked-wrong', answers.length % 2 === 0));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    const slowed = answers.at(-1);
    expect(slowed?.headers.get('content-type')).toBe('application/json');
    expect(slowed?.headers.get('cache-control')).toBe('no-store');
    expect(Number(slowed?.headers.get('retry-after'))).toBeGreaterThan(0);
    const text = (await slowed?.text()) ?? '';
    expect(JSON.parse(text)).toEqual({
      error: 'invalid_client',
      error_description: expect.stringContaining('Too many failed authentications') as string,
    });
    expect(text).not.toContain('marked');
    for (const isBasic of [true, false]) expect((await ask(PLAIN_KEY, isBasic)).status).toBe(200);
    expect((await ask('marked-wrong', true)).status).toBe(429);
    expect((await ask(PLAIN_KEY, true)).status).toBe(200);
  });

  it('make the service throttle their address at other routes too, except for requests with a valid key', async () => {
    expect((await service.get('/v1/tokens/aem-dev', { authorization: 'Bearer wrong' })).status).toBe(429);
    const authorization = `Bearer ${PLAIN_KEY}`;
    expect((await service.get('/v1/tokens/aem-dev', { authorization })).status).toBe(200);
  });
});
