import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';

const BURST = 50;
/** Far more than a pipe and the reader's buffer hold. */
const MAX_BURSTS = 100;

vi.setConfig({ testTimeout: 300_000 });

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;

beforeAll(async () => {
  workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
});

afterAll(() => workplace.close());

const BEARER = { authorization: `Bearer ${DEMO_KEY}` };
const unknown = hash('sha256', 'never issued', 'hex');

interface Sent extends RequestInit {
  readonly headers: Record<string, string>;
}

/** Every request that hands out a token. */
const HANDOUTS = [
  ['GET', '/v1/tokens/aem-dev', { headers: BEARER }],
  ['GET-text', '/v1/tokens/aem-dev', { headers: { ...BEARER, accept: 'text/plain' } }],
  [
    'report',
    '/v1/tokens/aem-dev/refresh',
    {
      method: 'POST',
      headers: { ...BEARER, 'content-type': 'application/json' },
      body: JSON.stringify({ token_sha256: unknown }),
    },
  ],
  [
    'OAuth',
    '/oauth/token',
    {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`demo:${DEMO_KEY}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'aem-dev' }),
    },
  ],
] as const satisfies readonly (readonly [string, string, Sent])[];

async function start(): Promise<ServiceProcess> {
  const service = await ServiceProcess.start({
    CREDENTIAL_SOURCE: 'files',
    CREDENTIAL_DIR: workplace.credentialFolder,
    CALLERS_FILE: workplace.callersFile,
    IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
    AUDIT_REQUIRED: 'true',
  });
  await eventually(
    () => vend(service, 'first'),
    (status) => status === 200,
  );
  return service;
}

const ask = (service: ServiceProcess, path: string, init: Sent, id: string): Promise<Response> =>
  fetch(service.origin + path, { ...init, headers: { ...init.headers, 'x-request-id': id } });

async function vend(service: ServiceProcess, id: string): Promise<number> {
  const answer = await ask(service, '/v1/tokens/aem-dev', { headers: BEARER }, id);
  await answer.text();
  return answer.status;
}

/** Asks until a token is handed out: on a busy machine its line may take too long. Returns that id. */
async function untilHandedOut(
  service: ServiceProcess,
  path: string,
  init: Sent,
  id: string,
): Promise<string> {
  let attempts = 0;
  await eventually(
    () => ask(service, path, init, `${id}-${(attempts += 1)}-`),
    ({ status }) => status === 200,
  );
  return `${id}-${attempts}-`;
}

/** The outcomes in the audit lines of a request, in their order. */
const outcomes = (service: ServiceProcess, id: string): unknown[] =>
  service.logLines
    .filter((line) => line.includes(`"request_id":"${id}"`))
    .map((line) => (JSON.parse(line) as { outcome: unknown }).outcome);

/** Sends bursts of requests until one is refused. Returns the ids by status. */
async function untilRefused(service: ServiceProcess): Promise<Map<number, string[]>> {
  const byStatus = new Map<number, string[]>();
  for (let burst = 0; burst < MAX_BURSTS && !byStatus.has(503); burst += 1) {
    const ids = Array.from({ length: BURST }, (_, index) => `burst-${burst}-${index}-`);
    const statuses = await Promise.all(ids.map((id) => vend(service, id)));
    for (const [index, status] of statuses.entries()) {
      byStatus.set(status, [...(byStatus.get(status) ?? []), ids[index] ?? '']);
    }
  }
  return byStatus;
}

describe('with AUDIT_REQUIRED', () => {
  it('each token is on record before it is handed out, even if the process is killed then', async () => {
    const service = await start();
    const ids = Array.from({ length: 40 }, (_, index) => `killed-${index}`);
    const [, path, init] = HANDOUTS[0];
    const handedOut = await Promise.all(ids.map((id) => untilHandedOut(service, path, init, id)));
    await service.kill();
    await service.readToEnd();
    expect(handedOut.map((id) => outcomes(service, id))).toEqual(ids.map(() => ['vended']));
  });

  it('each token has exactly one audit line while the log is read', async () => {
    const service = await start();
    const ids: string[] = [];
    for (const [what, path, init] of HANDOUTS) ids.push(await untilHandedOut(service, path, init, what));
    await service.stop();
    await service.readToEnd();
    const lines = ids.map((id) => [id, outcomes(service, id).length]);
    expect(lines).toEqual(ids.map((id) => [id, 1]));
  });

  it('no token is handed out while the reader pauses, until it reads again', async () => {
    const service = await start();
    service.pauseReading();
    const byStatus = await untilRefused(service);
    expect(new Set(byStatus.keys()).isSubsetOf(new Set([200, 503]))).toBe(true);
    expect(byStatus.has(503)).toBe(true);
    service.resumeReading();
    await eventually(
      () => vend(service, 'again'),
      (status) => status === 200,
    );
    await service.stop();
    await service.readToEnd();
    const handedOut = byStatus.get(200) ?? [];
    expect(handedOut.map((id) => outcomes(service, id))).toEqual(handedOut.map(() => ['vended']));
    const refused = byStatus.get(503) ?? [];
    expect(refused.map((id) => outcomes(service, id).at(-1))).toEqual(refused.map(() => 'audit_unavailable'));
  });

  it('no token is handed out once the reader has gone', async () => {
    const service = await start();
    service.closeLog();
    for (const [what, path, init] of HANDOUTS) {
      const answer = await ask(service, path, init, 'gone');
      expect([what, answer.status]).toEqual([what, 503]);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      const body = (await answer.json()) as Record<string, unknown>;
      expect(body['code'] ?? body['error']).toBe(
        path === '/oauth/token' ? 'temporarily_unavailable' : 'audit_unavailable',
      );
      expect(JSON.stringify(body)).not.toContain('access_token');
    }
    await service.stop();
  });
});
