import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

const digest = (key: string): string => hash('sha256', key, 'hex');

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace(`callers:
  - {name: shop, apiKeySha256: ["${digest('shop')}"], tokens: ["aem-*"]}
  - {name: watcher, apiKeySha256: ["${digest('watcher')}"], permissions: [status]}
  - {name: blind, apiKeySha256: ["${digest('blind')}"], tokens: ["aem-*"], permissions: [refresh]}
`);
  await workplace.control('PUT', '/faults', { faults: [{ kind: 'status', status: 503 }] });
  await workplace.addCredential('aem-down');
  await workplace.addCredential('aem-revoked');
  await workplace.store('aem-broken', '{"integration": nonsense');
  service = await workplace.startService();
  // The warm-up ends, but without a token the service is not ready.
  await Promise.race([ready(service), untilAnswer('aem-broken', 'token_unavailable')]);
});

afterAll(() => workplace.close());

const get = (name: string, key = 'shop'): Promise<Response> =>
  service.get(`/v1/tokens/${name}`, { authorization: `Bearer ${key}` });

async function untilAnswer(name: string, code: string): Promise<void> {
  for (;;) {
    const answer = (await (await get(name)).json()) as { code: string; reason?: string };
    if (answer.code === code && answer.reason !== undefined) return;
  }
}

describe('a 503 for a caller with the permission read alone', () => {
  it.each([
    ['aem-broken', 'credential_invalid_json'],
    ['aem-down', 'ims_unavailable'],
  ])('of %s says why, since when, and that another connection may help', async (name, reason) => {
    await untilAnswer(name, 'token_unavailable');
    const answer = await get(name);
    const body = (await answer.json()) as Record<string, string>;
    expect([answer.status, body]).toMatchObject([503, { code: 'token_unavailable', reason }]);
    expect(Math.abs(Date.now() - Date.parse(body['since'] ?? ''))).toBeLessThan(600_000);
    expect(body['detail']).toContain(reason);
    expect(body['detail']).not.toContain('/v1/status');
    expect(answer.headers.get('connection')).toBe('close');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('has the time of the next attempt where there is one', async () => {
    await untilAnswer('aem-down', 'token_unavailable');
    const body = (await (await get('aem-down')).json()) as Record<string, string>;
    expect(Date.parse(body['next_attempt_at'] ?? '')).toBeGreaterThan(Date.parse(body['since'] ?? ''));
    expect(body['detail']).toContain(body['next_attempt_at']);
  });

  it('of /oauth/token says the same in its own words', async () => {
    const answer = await fetch(`${service.origin}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('shop:shop')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'aem-down' }),
    });
    const body = (await answer.json()) as { error_description: string };
    expect([answer.status, answer.headers.get('connection')]).toEqual([503, 'close']);
    expect(body.error_description).toContain('ims_unavailable since ');
    expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
  });
});

describe('a 403', () => {
  it.each([
    ['shop', 'other', 'The caller shop may not read that token, but: aem-*.'],
    ['watcher', 'aem-down', 'The caller watcher does not have the permission "read".'],
    ['blind', 'aem-down', 'The caller blind does not have the permission "read".'],
  ])('for %s names its own rights and the next step', async (key, name, detail) => {
    const answer = await get(name, key);
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      { detail: expect.stringContaining(detail) as string },
    ]);
  });
});
