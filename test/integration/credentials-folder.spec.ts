import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
  service = await workplace.startService({ CREDENTIAL_POLL_SECONDS: '1' });
  await ready(service);
});

afterAll(() => workplace.close());

const tagOf = async (name: string): Promise<string | null> =>
  (await service.get(`/v1/tokens/${name}`)).headers.get('etag');
const statusOf = async (name: string): Promise<Record<string, unknown>> =>
  (await (await service.get(`/v1/status/${name}`)).json()) as Record<string, unknown>;

describe('a folder of credentials, while the service runs', () => {
  it('vends the token of a file that was added', async () => {
    await workplace.addCredential('aem-new', { kind: 'oauth' });
    await eventually(
      () => service.get('/v1/tokens/aem-new'),
      ({ status }) => status === 200,
    );
  });

  it('mints with a new version at once, serving the old token until then', async () => {
    const before = await tagOf('aem-dev');
    await workplace.addCredential('aem-dev');
    const after = await eventually(
      () => tagOf('aem-dev'),
      (tag) => tag !== before,
    );
    expect(after).toMatch(/^W\/"/);
  });

  it('keeps vending when a file breaks, says so with the position, and recovers when it is mended', async () => {
    const before = await tagOf('aem-dev');
    await workplace.store('aem-dev', '{"integration": {"privateKey": "marked-secret \\R"}}');
    const broken = await eventually(
      () => statusOf('aem-dev'),
      ({ state }) => state !== 'healthy',
    );
    expect(broken).toMatchObject({ state: 'degraded', last_failure: { code: 'credential_invalid_json' } });
    expect(JSON.stringify(broken)).toMatch(/line 1, column \d+/);
    expect(JSON.stringify(broken)).not.toContain('marked-secret');
    expect(await tagOf('aem-dev')).toBe(before);
    await workplace.addCredential('aem-dev');
    await eventually(
      () => statusOf('aem-dev'),
      ({ state }) => state === 'healthy',
    );
  });

  it('stops vending the token of a file that was removed', async () => {
    await workplace.remove('aem-new');
    const answer = await eventually(
      () => service.get('/v1/tokens/aem-new'),
      ({ status }) => status !== 200,
    );
    expect(answer.status).toBe(404);
    expect(service.logLines.join('')).toContain('credential.removed');
  });

  it('refuses an IMS that is not on the list before any request is made', async () => {
    const text = await workplace.addCredential('aem-elsewhere');
    await workplace.store('aem-elsewhere', text.replaceAll(workplace.imsOrigin, 'http://127.0.0.1:9'));
    const status = await eventually(
      () => statusOf('aem-elsewhere'),
      ({ last_failure: failure }) =>
        (failure as { code?: string } | null)?.code === 'credential_endpoint_refused',
    );
    expect(JSON.stringify(status)).toContain('IMS_ALLOWED_ORIGINS');
    expect(service.logLines.join('')).not.toContain('ims_unreachable');
  });
});
