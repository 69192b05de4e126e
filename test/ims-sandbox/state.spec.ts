import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  control,
  issueLocalToken,
  issueOAuth,
  issueServiceCredentials,
  type ServiceCredentials,
} from './support/control.ts';
import { aem, exchange, grantParameters, post, tokenFor } from './support/ims-client.ts';
import { runSandbox } from './support/running-sandbox.ts';

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-sandbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The same credential, for a sandbox that restarted on another port. */
function at(imsEndpoint: string, document: ServiceCredentials): ServiceCredentials {
  return { ...document, integration: { ...document.integration, imsEndpoint } };
}

describe('a sandbox with a state folder', () => {
  it('keeps accounts, certificates, secrets and tokens across a restart', async () => {
    const stateFolder = await emptyFolder();
    const first = await runSandbox({ stateFolder });
    const [jwt, oauth] = [await issueServiceCredentials(first.origin), await issueOAuth(first.origin)];
    const local = await issueLocalToken(first.origin);
    const token = await tokenFor(jwt);
    await first.close();

    const { origin } = await runSandbox({ stateFolder });

    expect((await aem(origin, token)).status).toBe(200);
    expect((await aem(origin, local.accessToken)).status).toBe(200);
    expect((await exchange(at(origin, jwt))).status).toBe(200);
    expect((await post(`${origin}/ims/token/v3`, grantParameters(oauth))).status).toBe(200);
  });

  it('keeps revocations across a restart, but not settings and faults', async () => {
    const stateFolder = await emptyFolder();
    const first = await runSandbox({ stateFolder });
    const [kept, gone] = [
      await issueServiceCredentials(first.origin),
      await issueServiceCredentials(first.origin),
    ];
    const [token, orphan] = [await tokenFor(kept), await tokenFor(gone)];
    const { clientId } = kept.integration.technicalAccount;
    await fetch(`${first.origin}/ims/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: clientId }),
    });
    await control(first.origin, 'DELETE', `credentials/${gone.integration.technicalAccount.clientId}`);
    await control(first.origin, 'PUT', 'settings', { tokenLifetimeSeconds: 1 });
    await control(first.origin, 'PUT', 'faults', { faults: [{ kind: 'drop' }] });
    await first.close();

    const { origin } = await runSandbox({ stateFolder });

    expect([(await aem(origin, token)).status, (await aem(origin, orphan)).status]).toEqual([401, 401]);
    expect((await exchange(at(origin, kept))).body['expires_in']).toBe(86_399_999);
  });

  it('writes one file that only its owner can read, without the private keys of credentials', async () => {
    const stateFolder = await emptyFolder();
    const { origin } = await runSandbox({ stateFolder });
    const { integration } = await issueServiceCredentials(origin);

    const files = await readdir(stateFolder);
    const path = join(stateFolder, 'ims-sandbox.json');

    expect(files).toEqual(['ims-sandbox.json']);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).not.toContain(integration.privateKey.slice(40, 80));
  });

  it('creates the missing folder', async () => {
    const stateFolder = join(await emptyFolder(), 'a', 'b');

    await runSandbox({ stateFolder });

    expect(await readdir(stateFolder)).toEqual(['ims-sandbox.json']);
  });

  it('does not start with a state that it cannot read, and does not change it', async () => {
    const stateFolder = await emptyFolder();
    const path = join(stateFolder, 'ims-sandbox.json');
    await writeFile(path, '{"version":2}');

    await expect(runSandbox({ stateFolder })).rejects.toThrow(/not a state this version can read/);
    expect(await readFile(path, 'utf8')).toBe('{"version":2}');
  });

  it('keeps many concurrent changes', async () => {
    const stateFolder = await emptyFolder();
    const first = await runSandbox({ stateFolder });
    const documents = await Promise.all(Array.from({ length: 25 }, () => issueOAuth(first.origin)));
    await first.close();

    const { origin } = await runSandbox({ stateFolder });

    const statuses = await Promise.all(
      documents.map(
        async (document) => (await post(`${origin}/ims/token/v3`, grantParameters(document))).status,
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('a sandbox without a state folder', () => {
  it('keeps nothing across a restart', async () => {
    const first = await runSandbox();
    const document = await issueServiceCredentials(first.origin);
    const token = await tokenFor(document);
    await first.close();

    const { origin } = await runSandbox();

    expect((await aem(origin, token)).status).toBe(401);
  });
});
