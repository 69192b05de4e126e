import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let redis: RedisServer;
let vending: ServiceProcess;
let refreshing: ServiceProcess;

beforeAll(async () => {
  [workplace, redis] = await Promise.all([makeWorkplace(), RedisServer.start()]);
  await workplace.addCredential('aem-dev');
  const shared = {
    REDIS_URL: redis.url,
    TOKEN_ENCRYPTION_KEYS: SEALING_KEY,
  };
  [vending, refreshing] = await Promise.all([
    ServiceProcess.start({ ...shared, SERVICE_ROLE: 'vend', CALLERS_FILE: workplace.callersFile }),
    ServiceProcess.start({
      ...shared,
      SERVICE_ROLE: 'refresh',
      CREDENTIAL_SOURCE: 'files',
      CREDENTIAL_DIR: workplace.credentialFolder,
      IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
    }),
  ]);
});

afterAll(async () => {
  await Promise.all([vending.stop(), refreshing.stop()]);
  await workplace.close();
  await redis.stop();
});

const get = (path: string): Promise<Response> =>
  fetch(vending.origin + path, { headers: { authorization: `Bearer ${DEMO_KEY}` } });

describe('a vending and a refreshing process', () => {
  it('meet in Redis: callers get tokens from one that holds no credentials', async () => {
    const answer = await eventually(
      () => get('/v1/tokens/aem-dev'),
      ({ status }) => status === 200,
    );
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const aem = await fetch(`${workplace.imsOrigin}/aem/`, { headers: { authorization: `Bearer ${token}` } });
    expect(aem.status).toBe(200);
    // The token can arrive by a hint, before the first complete look at the store makes the process ready.
    await eventually(
      () => fetch(`${vending.origin}/readyz`),
      ({ status }) => status === 200,
    );
  });

  it('share what is known of every credential', async () => {
    await workplace.store('aem-broken', '{"integration": nonsense');
    refreshing.signal('SIGHUP');
    const answer = await eventually(
      () => get('/v1/status/aem-broken'),
      ({ status }) => status === 200,
    );
    expect(await answer.json()).toMatchObject({
      state: 'unhealthy',
      last_failure: { code: 'credential_invalid_json' },
    });
    expect(await (await get('/v1/status/aem-dev')).json()).toMatchObject({ kind: 'jwt', state: 'healthy' });
  });

  it('serve what their role says and nothing else', async () => {
    const statuses = await Promise.all(
      ['/livez', '/readyz', '/v1/tokens/aem-dev', '/v1/status', '/metrics'].map(
        async (path) => (await fetch(refreshing.origin + path)).status,
      ),
    );
    expect(statuses).toEqual([200, 200, 404, 404, 404]);
  });

  it('measure what they read: a process that only vends has no metric of the source', async () => {
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toMatch(/^ims_token_store_up 1$/m);
    expect(metrics).not.toMatch(/^ims_(credential_source_up|clock_skew_seconds) /m);
  });

  it('talk to each other: a vending process makes the refreshing one poll the source', async () => {
    await workplace.addCredential('aem-asked-for');
    vending.signal('SIGHUP');
    await eventually(
      () => get('/v1/tokens/aem-asked-for'),
      ({ status }) => status === 200,
    );
    await eventually(
      async () => vending.logLines.join(''),
      (log) => log.includes('"event":"look-now.done"'),
    );
  });

  it('let a new token through, and a removal', async () => {
    const before = (await get('/v1/tokens/aem-dev')).headers.get('etag');
    await workplace.addCredential('aem-dev');
    refreshing.signal('SIGHUP');
    await eventually(
      async () => (await get('/v1/tokens/aem-dev')).headers.get('etag'),
      (etag) => etag !== null && etag !== before,
    );
    await workplace.remove('aem-broken');
    refreshing.signal('SIGHUP');
    const gone = await eventually(
      () => get('/v1/status/aem-broken'),
      ({ status }) => status !== 200,
    );
    expect(gone.status).toBe(404);
  });
});
