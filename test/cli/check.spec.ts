import { describe, expect, it } from 'vitest';

import { makeServiceCredentials } from '../support/service-credentials.ts';
import { useFolder } from './support/folder.ts';
import { ImsToken } from './support/ims-token.ts';

const cli = new ImsToken();
const folder = useFolder();

describe('ims-token check', () => {
  it('prints the facts of a good document without its secrets', async () => {
    const { document } = await makeServiceCredentials({ days: 100 });
    const file = await folder.write('good.json', document);
    const { code, stdout, stderr } = await cli.run(['check', file]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('AEM service credentials (jwt)');
    expect(stdout).toContain('cm-p1-e2-integration-0');
    expect(stdout).toContain('1234@AdobeOrg');
    expect(stdout).toContain('ent_aem_cloud_api');
    expect(stdout).toContain('https://ims-na1.adobelogin.com');
    expect(stdout).toContain('belongs to the certificate');
    expect(stdout).toMatch(/\((99|100) days left\)/);
    expect(stdout).toContain('✓ The service can use this document.');
    expect(cli.leaksOf(JSON.stringify(document))).toEqual([]);
  });

  it('reads standard input and prints JSON', async () => {
    const document = JSON.stringify({
      CLIENT_ID: 'client-1',
      CLIENT_SECRETS: ['p8e-marked-1', 'p8e-marked-2'],
      ORG_ID: '1234@AdobeOrg',
      SCOPES: ['openid', 'AdobeID', 'openid'],
    });
    const { code, answer } = await cli.json(['check', '-'], { input: document });
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      ok: true,
      kind: 'oauth',
      client_id: 'client-1',
      client_secrets: 2,
      scopes: ['openid', 'AdobeID', 'openid'],
      certificate: null,
      problems: [],
      warnings: [{ code: 'scope_repeated' }],
      exchange: null,
    });
    expect(cli.leaksOf(document)).toEqual([]);
  });

  it('prints the position of a JSON fault without quoting the document', async () => {
    const text = JSON.stringify((await makeServiceCredentials()).document, null, 2);
    const cut = text.slice(0, text.indexOf('PRIVATE KEY') + 200);
    const { code, stdout } = await cli.run(['check', await folder.write('cut.json', cut)]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ credential_invalid_json: .* line \d+, column \d+/);
    expect(cli.leaksOf(text)).toEqual([]);
  });

  it('accepts the same origins as the service', async () => {
    const { document } = await makeServiceCredentials({ imsEndpoint: 'https://ims.example' });
    const file = await folder.write('elsewhere.json', document);
    const refused = await cli.run(['check', file]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('credential_endpoint_refused');
    const env = { IMS_ALLOWED_ORIGINS: 'https://ims.example' };
    expect((await cli.run(['check', file], { env })).code).toBe(0);
  });

  it('prints no control characters of a document', async () => {
    const { document } = await makeServiceCredentials({ clientId: 'client\u001B[2J\u202E' });
    const { code, stdout } = await cli.run(['check', await folder.write('control.json', document)]);
    expect(code).toBe(1);
    expect(stdout).toContain('(U+001B) at position 7 of');
  });
});
