import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { createImsSandbox, type ImsSandbox } from '../../apps/ims-sandbox/src/ims-sandbox.ts';
import { issueOAuth, issueServiceCredentials, ledger, setFaults } from '../ims-sandbox/support/control.ts';
import { makeServiceCredentials } from '../support/service-credentials.ts';
import { useFolder } from './support/folder.ts';
import { ImsToken } from './support/ims-token.ts';

const cli = new ImsToken();
const folder = useFolder();
let sandbox: ImsSandbox;

beforeAll(async () => {
  sandbox = await createImsSandbox();
});
afterEach(() => setFaults(sandbox.origin));
afterAll(() => sandbox.close());

const args = (file: string): string[] => ['check', file, '--exchange', '--allowed-origins', sandbox.origin];

describe('ims-token check --exchange', () => {
  it('prints the lifetime of the token, and not the token', async () => {
    const document = await issueServiceCredentials(sandbox.origin);
    const { code, stdout } = await cli.run(args(await folder.write('jwt.json', document)));
    expect(code).toBe(0);
    expect(stdout).toMatch(/✓ Adobe IMS issued a token that lives 24 hours, until 20/);
    expect(stdout).not.toMatch(/eyJ/);
    expect(cli.leaksOf(JSON.stringify(document))).toEqual([]);
  });

  it('explains a refusal of IMS', async () => {
    const document = { ...(await issueOAuth(sandbox.origin)), CLIENT_SECRETS: ['p8e-marked-wrong'] };
    const file = await folder.write('wrong.json', document);
    const { code, answer } = await cli.json(args(file));
    expect(code).toBe(1);
    expect(answer).toMatchObject({
      ok: false,
      problems: [{ code: 'ims_invalid_client_secret' }],
      exchange: null,
    });
    expect(cli.leaksOf(JSON.stringify(document))).toEqual([]);
  });

  it('sends no request for a document that the service would refuse', async () => {
    const { document } = await makeServiceCredentials({ imsEndpoint: sandbox.origin });
    document.integration.metascopes = 'a, b';
    const before = (await ledger(sandbox.origin)).requests.length;
    const { code } = await cli.run(args(await folder.write('refused.json', document)));
    expect(code).toBe(1);
    expect((await ledger(sandbox.origin)).requests).toHaveLength(before);
  });

  it('ends with 4 while IMS fails, and with 3 when IMS is unreachable', async () => {
    const document = await issueOAuth(sandbox.origin);
    await setFaults(sandbox.origin, { kind: 'status', status: 503 });
    const troubled = await cli.run(args(await folder.write('troubled.json', document)));
    expect(troubled.code).toBe(4);
    expect(troubled.stdout).toContain('✗ ims_unavailable: ');

    const nowhere = { ...document, imsEndpoint: 'http://127.0.0.1:9' };
    const file = await folder.write('nowhere.json', nowhere);
    const env = { IMS_ALLOWED_ORIGINS: 'http://127.0.0.1:9' };
    const unreachable = await cli.run(['check', file, '--exchange'], { env });
    expect(unreachable.code).toBe(3);
    expect(unreachable.stdout).toContain('✗ ims_unreachable: ');
  });
});
