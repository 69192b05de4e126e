import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { control, issueServiceCredentials, ledger, setFaults } from './support/control.ts';
import { exchange } from './support/ims-client.ts';
import { httpsRequest } from './support/https.ts';
import { runSandbox } from './support/running-sandbox.ts';
import { SandboxProcess } from './support/sandbox-process.ts';
import { tlsPair } from './support/tls-pair.ts';

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-sandbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('the sandbox process', () => {
  it('prints one line with its port, and nothing more', async () => {
    const sandbox = new SandboxProcess({ IMS_SANDBOX_PORT: '0' });

    const origin = await sandbox.listening();
    const document = await issueServiceCredentials(origin);

    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect((await exchange(document)).status).toBe(200);
    expect(sandbox.stdout.split('\n')).toHaveLength(2);
    expect(sandbox.stderr).toBe('');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'exits on %s with code 0, even with hanging requests',
    async (name) => {
      const sandbox = new SandboxProcess({ IMS_SANDBOX_PORT: '0' });
      const origin = await sandbox.listening();
      await setFaults(origin, { kind: 'hang' });
      const pending = fetch(`${origin}/ims/keys`).catch((error: unknown) => error);
      await vi.waitFor(async () => expect((await ledger(origin)).requests).toHaveLength(1));

      sandbox.signal(name);

      expect(await sandbox.exitCode()).toBe(0);
      expect(await pending).toBeInstanceOf(Error);
      expect(sandbox.stderr).toBe('');
    },
  );

  it('names every problem of its environment, and exits with code 78', async () => {
    const sandbox = new SandboxProcess({
      IMS_SANDBOX_PORT: '70000',
      IMS_SANDBOX_TLS_CERT: '/nowhere/cert.pem',
      IMS_SANDBOX_TLS_KEY: '/nowhere/key.pem',
    });

    expect(await sandbox.exitCode()).toBe(78);
    expect(sandbox.stdout).toBe('');
    expect(sandbox.stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining('environment'),
      expect.stringContaining('IMS_SANDBOX_PORT must be a port'),
      expect.stringContaining('IMS_SANDBOX_TLS_CERT must be a file'),
      expect.stringContaining('IMS_SANDBOX_TLS_KEY must be a file'),
    ]);
  });

  it('requires a certificate and the matching key', async () => {
    const folder = await emptyFolder();
    const [one, other] = [await tlsPair(), await tlsPair()];
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    await writeFile(cert, one.cert);
    await writeFile(key, other.key);
    const alone = new SandboxProcess({ IMS_SANDBOX_TLS_CERT: cert });
    const mismatched = new SandboxProcess({ IMS_SANDBOX_TLS_CERT: cert, IMS_SANDBOX_TLS_KEY: key });

    expect([await alone.exitCode(), await mismatched.exitCode()]).toEqual([78, 78]);
    expect(alone.stderr).toContain('IMS_SANDBOX_TLS_KEY is missing');
    expect(mismatched.stderr).toContain('IMS_SANDBOX_TLS_KEY the key of this certificate');
    expect(mismatched.stderr).not.toContain('PRIVATE KEY');
  });

  it('uses HTTPS with the given files', async () => {
    const folder = await emptyFolder();
    const tls = await tlsPair();
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    await writeFile(cert, tls.cert);
    await writeFile(key, tls.key);
    const sandbox = new SandboxProcess({
      IMS_SANDBOX_PORT: '0',
      IMS_SANDBOX_TLS_CERT: cert,
      IMS_SANDBOX_TLS_KEY: key,
    });

    const origin = await sandbox.listening();

    expect(origin).toMatch(/^https:/);
    expect((await httpsRequest(`${origin}/ims/keys`, tls.cert)).status).toBe(200);
  });

  it('reports a port in use in one sentence', async () => {
    const { origin } = await runSandbox();
    const port = new URL(origin).port;
    const second = new SandboxProcess({ IMS_SANDBOX_PORT: port });

    expect(await second.exitCode()).toBe(1);
    expect(second.stderr).toBe(
      `The IMS sandbox cannot start: port ${port} on 127.0.0.1 is in use; stop the other program or set IMS_SANDBOX_PORT to another port.\n`,
    );
  });

  it('reports a state folder that it cannot use', async () => {
    const file = join(await emptyFolder(), 'file');
    await writeFile(file, '');
    const sandbox = new SandboxProcess({ IMS_SANDBOX_PORT: '0', IMS_SANDBOX_STATE: file });

    expect(await sandbox.exitCode()).toBe(78);
    expect(sandbox.stderr).toContain('IMS_SANDBOX_STATE');
    expect(sandbox.stderr.trimEnd()).not.toContain('\n');
  });

  it('keeps its accounts in the folder IMS_SANDBOX_STATE', async () => {
    const folder = await emptyFolder();
    const first = new SandboxProcess({ IMS_SANDBOX_PORT: '0', IMS_SANDBOX_STATE: folder });
    const { clientId } = (await issueServiceCredentials(await first.listening())).integration
      .technicalAccount;
    first.signal('SIGTERM');
    await first.exitCode();

    const second = new SandboxProcess({ IMS_SANDBOX_PORT: '0', IMS_SANDBOX_STATE: folder });

    expect((await control(await second.listening(), 'DELETE', `credentials/${clientId}`)).status).toBe(204);
  });
});
