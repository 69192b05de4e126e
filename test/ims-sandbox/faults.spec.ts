import { describe, expect, it, vi } from 'vitest';
import { control, issueOAuth, issueServiceCredentials, ledger, setFaults } from './support/control.ts';
import { aem, answerOf, exchange, grantParameters, post, tokenFor } from './support/ims-client.ts';
import { runSandbox } from './support/running-sandbox.ts';

const INTERNAL_ERROR = { error: 'internal_error', error_description: 'Please try again later' };

/** Resolves when the sandbox has a request that it has not answered. */
async function unanswered(origin: string): Promise<void> {
  await vi.waitFor(async () => {
    const { requests } = await ledger(origin);
    expect(requests.some(({ status }) => status === null)).toBe(true);
  });
}

describe('faults', () => {
  it.each([
    [500, INTERNAL_ERROR],
    [503, INTERNAL_ERROR],
    [429, { error: 'too_many_requests', error_description: 'Too many requests' }],
    [401, { error: 'invalid_client', error_description: 'invalid client_secret parameter' }],
    [400, { error: 'bad_request' }],
  ])('of kind status answer %d with a body of IMS', async (status, body) => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);
    await setFaults(origin, { kind: 'status', status });

    expect(await exchange(document)).toEqual({ status, body });
  });

  it('set the header Retry-After', async () => {
    const { origin } = await runSandbox();
    await setFaults(origin, { kind: 'status', status: 429, retryAfter: 77 });

    const response = await fetch(`${origin}/ims/token/v3`, { method: 'POST' });

    expect(response.headers.get('retry-after')).toBe('77');
    expect(response.headers.get('x-debug-id')).not.toBeNull();
  });

  it('of kind status can redirect', async () => {
    const { origin } = await runSandbox();
    await setFaults(origin, { kind: 'status', status: 302 });

    const response = await fetch(`${origin}/ims/token/v3`, { method: 'POST', redirect: 'manual' });

    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(`${origin}/ims/elsewhere`);
  });

  it('of kind html answer an HTML page in place of JSON', async () => {
    const { origin } = await runSandbox();
    await setFaults(origin, { kind: 'html', retryAfter: 5 });

    const response = await fetch(`${origin}/ims/token/v3`, { method: 'POST' });

    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.text()).toMatch(/^<html>/);
  });

  it('of kind html can answer with status 200', async () => {
    const { origin } = await runSandbox();
    await setFaults(origin, { kind: 'html', status: 200 });

    expect((await fetch(`${origin}/ims/token/v3`, { method: 'POST' })).status).toBe(200);
  });

  it('of kind malformed answer 200 with truncated JSON', async () => {
    const { origin } = await runSandbox();
    await setFaults(origin, { kind: 'malformed' });

    const response = await fetch(`${origin}/ims/token/v3`, { method: 'POST' });
    const text = await response.text();

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(text).toMatch(/^\{"token_type"/);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it('of kind drop close the connection', async () => {
    const { origin } = await runSandbox();
    await setFaults(origin, { kind: 'drop' });

    await expect(fetch(`${origin}/ims/token/v3`, { method: 'POST' })).rejects.toThrow('fetch failed');
  });

  it('of kind latency wait, and then answer as usual', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);
    await setFaults(origin, { kind: 'latency', latencyMs: 120 });
    const start = performance.now();

    const { status } = await exchange(document);

    expect(status).toBe(200);
    // Timers may fire a millisecond early.
    expect(performance.now() - start).toBeGreaterThanOrEqual(115);
  });

  it('of kind hang do not answer, and end when the client disconnects', async () => {
    const { origin } = await runSandbox();
    await setFaults(origin, { kind: 'hang', times: 1 });
    const client = new AbortController();

    const pending = fetch(`${origin}/ims/token/v3`, { method: 'POST', signal: client.signal });
    const end = pending.catch((error: unknown) => error);
    await unanswered(origin);
    client.abort();

    expect(await end).toHaveProperty('name', 'AbortError');
    expect((await fetch(`${origin}/ims/keys`)).status).toBe(200);
  });

  it.each([{ kind: 'hang' }, { kind: 'latency', latencyMs: 600_000 }])(
    'of kind $kind do not keep the sandbox from closing',
    async (fault) => {
      const sandbox = await runSandbox();
      await setFaults(sandbox.origin, fault);
      const pending = fetch(`${sandbox.origin}/ims/token/v3`, { method: 'POST' });
      const end = pending.catch((error: unknown) => error);
      await unanswered(sandbox.origin);

      await sandbox.close();

      expect(await end).toHaveProperty('message', 'fetch failed');
    },
  );

  it('apply `times` times, in their order', async () => {
    const { origin } = await runSandbox();
    const parameters = grantParameters(await issueOAuth(origin));
    await setFaults(
      origin,
      { kind: 'status', status: 500, times: 2 },
      { kind: 'status', status: 429, times: 1 },
    );
    const statuses: number[] = [];

    for (let turn = 0; turn < 5; turn += 1) {
      statuses.push((await post(`${origin}/ims/token/v3`, parameters)).status);
    }

    expect(statuses).toEqual([500, 500, 429, 200, 200]);
  });

  it('apply to one client, in the body, the query or the Basic header', async () => {
    const { origin } = await runSandbox();
    const [one, other] = [await issueOAuth(origin), await issueOAuth(origin)];
    await setFaults(origin, { kind: 'status', status: 503, clientId: one.CLIENT_ID });
    const { client_id: id, client_secret: secret, ...rest } = grantParameters(one);
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const url = `${origin}/ims/token/v3`;
    const body = new URLSearchParams(rest);

    expect((await post(url, grantParameters(one))).status).toBe(503);
    expect((await fetch(`${url}?client_id=${id}`, { method: 'POST', body })).status).toBe(503);
    expect((await fetch(url, { method: 'POST', headers: { authorization }, body })).status).toBe(503);
    expect((await post(url, grantParameters(other))).status).toBe(200);
  });

  it('do not apply to AEM and the sandbox’s own paths', async () => {
    const { origin } = await runSandbox();
    const token = await tokenFor(await issueServiceCredentials(origin));
    await setFaults(origin, { kind: 'drop' });

    expect((await aem(origin, token)).status).toBe(200);
    expect((await control(origin, 'GET', 'requests')).status).toBe(200);
  });

  it('are replaced as a whole, and cleared', async () => {
    const { origin } = await runSandbox();
    await setFaults(origin, { kind: 'status', status: 500 });
    await setFaults(origin, { kind: 'status', status: 429 });
    expect((await fetch(`${origin}/ims/keys`)).status).toBe(429);

    const cleared = await control(origin, 'DELETE', 'faults');

    expect(cleared.status).toBe(204);
    expect((await fetch(`${origin}/ims/keys`)).status).toBe(200);
  });

  it.each([
    ['faults', {}],
    ['faults', { faults: 'all' }],
    ['faults.0.kind', { faults: [{ kind: 'earthquake' }] }],
    ['faults.0.status', { faults: [{ kind: 'status' }] }],
    ['faults.0.status', { faults: [{ kind: 'status', status: 99 }] }],
    ['faults.0.latencyMs', { faults: [{ kind: 'latency' }] }],
    ['faults.0.clockOffsetSeconds', { faults: [{ kind: 'clock' }] }],
    ['faults.0.retryAfter', { faults: [{ kind: 'status', status: 429, retryAfter: 'soon' }] }],
    ['faults.1.times', { faults: [{ kind: 'drop' }, { kind: 'drop', times: 0 }] }],
    ['faults.0.probability', { faults: [{ kind: 'drop', probability: 0.5 }] }],
    ['extra', { faults: [], extra: 1 }],
  ])('are refused with the name of the wrong field %s', async (field, body) => {
    const { origin } = await runSandbox();

    const answer = await answerOf(await control(origin, 'PUT', 'faults', body));

    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(answer.body['error_description']).toContain(`${field}: `);
  });
});

describe('a clock fault', () => {
  const nowMs = Date.parse('2026-03-01T12:00:00Z');

  it('shifts the Date header and the check of an assertion', async () => {
    const { origin } = await runSandbox({ now: () => nowMs });
    const document = await issueServiceCredentials(origin);
    await setFaults(origin, { kind: 'clock', clockOffsetSeconds: 3600 });

    const { headers } = await fetch(`${origin}/ims/keys`);

    expect(headers.get('date')).toBe('Sun, 01 Mar 2026 13:00:00 GMT');
    expect(await exchange(document, {}, {}, nowMs)).toMatchObject({
      status: 400,
      body: { error: 'invalid_token' },
    });
    expect((await exchange(document, {}, {}, nowMs + 3_600_000)).status).toBe(200);
  });

  it('applies together with other faults, and only to its client', async () => {
    const { origin } = await runSandbox({ now: () => nowMs });
    await setFaults(
      origin,
      { kind: 'clock', clockOffsetSeconds: -60, clientId: 'one' },
      { kind: 'status', status: 500 },
    );

    const [one, two] = [
      await fetch(`${origin}/ims/keys?client_id=one`),
      await fetch(`${origin}/ims/keys?client_id=two`),
    ];

    expect([one.status, two.status]).toEqual([500, 500]);
    expect(one.headers.get('date')).toBe('Sun, 01 Mar 2026 11:59:00 GMT');
    expect(two.headers.get('date')).toBe('Sun, 01 Mar 2026 12:00:00 GMT');
  });
});
