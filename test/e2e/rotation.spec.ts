import { createHash, X509Certificate } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { SecretsManager } from '../support/secrets-manager/secrets-manager.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';

interface ServiceCredentials {
  readonly integration: {
    readonly publicKey: string;
    readonly technicalAccount: { readonly clientId: string };
  };
}

interface Status {
  readonly state: string;
  readonly version: string;
  readonly stage: string;
  readonly last_failure: { readonly code: string } | null;
  readonly pending: { readonly version: string; readonly failure: { readonly code: string } | null } | null;
}

const LIFETIME = 15;
let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let secrets: SecretsManager;
let service: ServiceProcess;
let clientId: string;

/** One more private key for the account, as the Developer Console makes them; earlier ones stay valid. */
async function newKey(): Promise<string> {
  const options = clientId === undefined ? {} : { clientId };
  const answer = await workplace.control('POST', '/credentials', { kind: 'jwt', ...options });
  const text = await answer.text();
  clientId = (JSON.parse(text) as ServiceCredentials).integration.technicalAccount.clientId;
  return text;
}

async function revokeCertificateOf(document: string): Promise<void> {
  const { raw } = new X509Certificate((JSON.parse(document) as ServiceCredentials).integration.publicKey);
  const sha256 = createHash('sha256').update(raw).digest('hex');
  await workplace.control('DELETE', `/credentials/${clientId}?certificate=${sha256}`);
}

const get = (path: string): Promise<Response> =>
  fetch(service.origin + path, { headers: { authorization: `Bearer ${DEMO_KEY}` } });
const status = async (): Promise<Status> => (await (await get('/v1/status/aem-dev')).json()) as Status;
const untilStatus = (isRight: (status: Status) => boolean): Promise<Status> => eventually(status, isRight);

beforeAll(async () => {
  [workplace, secrets] = await Promise.all([makeWorkplace(), SecretsManager.start()]);
  await workplace.control('PUT', '/settings', { tokenLifetimeSeconds: LIFETIME });
  secrets.put('ims/aem-dev', await newKey());
  service = await ServiceProcess.start({
    CREDENTIAL_SOURCE: 'aws-secrets-manager',
    CREDENTIAL_POLL_SECONDS: '1',
    CALLERS_FILE: workplace.callersFile,
    IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
    ...secrets.env,
  });
  await eventually(
    () => get('/readyz'),
    (answer) => answer.status === 200,
  );
});

afterAll(async () => {
  await service.stop();
  await secrets.close();
  await workplace.close();
});

/** Callers that ask on and on, and use each token at AEM. Stops at the first wrong answer. */
function callers(): { stop(): Promise<{ vends: number; wrong: string[] }> } {
  const stopping = new AbortController();
  const wrong: string[] = [];
  let vends = 0;
  const call = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const asked = performance.now();
      const answer = await get('/v1/tokens/aem-dev');
      vends += 1;
      if (answer.status !== 200) {
        wrong.push(`${answer.status} ${await answer.text()}`);
        continue;
      }
      const { access_token: token, expires_in: life } = (await answer.json()) as {
        access_token: string;
        expires_in: number;
      };
      const aem = await fetch(`${workplace.imsOrigin}/aem/`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const isProof = performance.now() - asked < life * 1000;
      if (isProof && aem.status !== 200)
        wrong.push(`AEM answered ${aem.status} to a token with ${life} s left`);
    }
  };
  const calling = Promise.all(Array.from({ length: 4 }, call));
  return {
    async stop() {
      stopping.abort();
      await calling;
      return { vends, wrong };
    },
  };
}

describe('credentials in AWS Secrets Manager', () => {
  it('rotate ten times under load, twice to a broken document and once to a revoked certificate, without a failed vend', async () => {
    const load = callers();
    for (const round of Array.from({ length: 10 }, (_, index) => index)) {
      const document = await newKey();
      if (round === 3 || round === 6) {
        secrets.put('ims/aem-dev', document.slice(0, document.length / 2));
        await untilStatus(
          ({ stage, state, last_failure: failure }) =>
            stage === 'AWSPREVIOUS' && state === 'degraded' && failure?.code === 'credential_invalid_json',
        );
        // Long enough that only the previous version can have kept tokens alive.
        const before = (await get('/v1/tokens/aem-dev')).headers.get('etag');
        await eventually(
          async () => (await get('/v1/tokens/aem-dev')).headers.get('etag'),
          (etag) => etag !== before,
        );
      } else if (round === 8) {
        await revokeCertificateOf(document);
        secrets.put('ims/aem-dev', document);
        await untilStatus(
          ({ stage, state, last_failure: failure }) =>
            stage === 'AWSPREVIOUS' && state === 'degraded' && failure?.code === 'ims_certificate_unknown',
        );
      } else {
        const before = await status();
        secrets.put('ims/aem-dev', document);
        await untilStatus(({ state, version }) => state === 'healthy' && version !== before.version);
      }
    }
    const { vends, wrong } = await load.stop();
    expect(wrong).toEqual([]);
    expect(vends).toBeGreaterThan(100);
    expect(service.logLines.join('\n')).toContain('"event":"credential.fell-back"');
  }, 240_000);

  it('proves a pending version before the service mints with it', async () => {
    const before = await status();
    const revoked = await newKey();
    await revokeCertificateOf(revoked);
    secrets.put('ims/aem-dev', revoked, 'AWSPENDING');
    const refused = await untilStatus(({ pending }) => pending !== null);
    expect(refused.pending?.failure?.code).toBe('ims_certificate_unknown');
    expect(refused.version).toBe(before.version);
    secrets.put('ims/aem-dev', await newKey(), 'AWSPENDING');
    const proven = await untilStatus(({ pending }) => pending !== null && pending.failure === null);
    expect(await (await get('/metrics')).text()).toMatch(
      /ims_credential_pending_trials_total\{credential="aem-dev",outcome="success"\} 1/,
    );
    secrets.promote('ims/aem-dev', proven.pending?.version ?? '');
    await untilStatus(({ state, version }) => state === 'healthy' && version === proven.pending?.version);
  });

  it('migrate to OAuth Server-to-Server under the same name', async () => {
    const answer = await workplace.control('POST', '/credentials', { kind: 'oauth', clientId });
    const load = callers();
    secrets.put('ims/aem-dev', await answer.text());
    const migrated = async (): Promise<{ kind: string; state: string }> =>
      (await (await get('/v1/status/aem-dev')).json()) as { kind: string; state: string };
    await eventually(migrated, ({ kind, state }) => kind === 'oauth' && state === 'healthy');
    expect((await load.stop()).wrong).toEqual([]);
  });

  it('outlive an outage of Secrets Manager, and go when they are deleted', async () => {
    secrets.deny('ListSecrets');
    await eventually(
      async () => (await get('/metrics')).text(),
      (text) => text.includes('ims_credential_source_up 0'),
    );
    expect((await get('/v1/tokens/aem-dev')).status).toBe(200);
    secrets.recover();
    secrets.delete('ims/aem-dev');
    await eventually(
      () => get('/v1/tokens/aem-dev'),
      ({ status: code }) => code === 404,
    );
  });
});

describe('SIGHUP', () => {
  it('makes the service poll the source at once', async () => {
    secrets.put('ims/aem-first', await newKey());
    const patient = await ServiceProcess.start({
      CREDENTIAL_SOURCE: 'aws-secrets-manager',
      CREDENTIAL_POLL_SECONDS: '3600',
      CALLERS_FILE: workplace.callersFile,
      IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
      ...secrets.env,
    });
    const ask = (): Promise<Response> =>
      fetch(`${patient.origin}/v1/status/aem-other`, { headers: { authorization: `Bearer ${DEMO_KEY}` } });
    await eventually(
      () => fetch(`${patient.origin}/readyz`),
      ({ status: code }) => code === 200,
    );
    secrets.put('ims/aem-other', await newKey());
    expect((await ask()).status).toBe(404);
    patient.signal('SIGHUP');
    const answer = await eventually(ask, ({ status: code }) => code === 200);
    expect(await answer.json()).toMatchObject({ name: 'aem-other' });
    await patient.stop();
  });
});
