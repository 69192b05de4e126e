import { hash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { OidcIssuer } from '../support/oidc-issuer.ts';
import { DEMO_KEY, makeWorkplace, ready } from '../support/token-service.ts';

describe('an issuer that is down when the service starts', () => {
  let issuer: OidcIssuer;
  let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
  beforeEach(async () => {
    issuer = await OidcIssuer.start();
    issuer.fault = (_, response) => response.writeHead(503).end();
    workplace = await makeWorkplace(`callers:
  - {name: demo, tokens: ['*'], permissions: [read, status], apiKeySha256: ['${hash('sha256', DEMO_KEY, 'hex')}']}
  - name: publisher
    tokens: ['*']
    jwt: {issuer: '${issuer.issuer}', audience: ims-tokens, subject: 'system:serviceaccount:web:publisher'}
`);
    await workplace.addCredential('aem-dev');
  });
  afterEach(async () => {
    await workplace.close();
    await issuer.close();
  });

  it('delays no other caller, is named in log and status, and is used again once it is up', async () => {
    const service = await workplace.startService();
    await ready(service);
    const logged = (event: string) => service.logLines.filter((line) => line.includes(`"${event}"`));
    await eventually(
      async () => logged('issuer.down').length,
      (count) => count > 0,
    );
    expect((await service.get('/v1/tokens/aem-dev')).status).toBe(200);

    const authorization = `Bearer ${await issuer.token()}`;
    const refused = await service.get('/v1/tokens/aem-dev', { authorization });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({
      code: 'unauthenticated',
      detail: expect.stringContaining("its issuer's keys cannot be fetched"),
    });
    const status = async () =>
      ((await (await service.get('/v1/status')).json()) as { callers_file: unknown }).callers_file;
    expect(await status()).toEqual({ ok: true, detail: expect.stringContaining('answered HTTP 503') });
    expect(logged('issuer.down')).toHaveLength(1);
    expect(logged('issuer.down')[0]).toContain(issuer.issuer);

    issuer.fault = null;
    await eventually(
      async () => logged('issuer.up').length,
      (count) => count > 0,
    );
    expect((await service.get('/v1/tokens/aem-dev', { authorization })).status).toBe(200);
    expect(await status()).toEqual({ ok: true, detail: '2 callers' });
  });
});
