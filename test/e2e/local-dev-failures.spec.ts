import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { runToEnd } from '../support/process.ts';

const FREE_PORTS = { PORT: '0', IMS_SANDBOX_PORT: '0' };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-dev-failures-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

// `runToEnd` waits for the sandbox too, because it writes to the same standard error.
describe('npm start, when it cannot start', () => {
  it('stops everything when one process ends, and names the process', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await runToEnd('local-dev', { ...FREE_PORTS, PORT: String(port) }, folder);
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is in use by another process. Set PORT to another one.\n`);
    expect(stderr).toContain('The token service has ended, so everything stops.\n');
  });

  it('prints one sentence if it fails before it starts the sandbox', async () => {
    await writeFile(join(folder, '.sandbox'), '');
    const { code, stderr } = await runToEnd('local-dev', FREE_PORTS, folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The local environment cannot start: .+\n$/);
  });

  it('prints one sentence and stops the sandbox if it fails later', async () => {
    await mkdir(join(folder, '.sandbox/credentials/aem-dev.json'), { recursive: true });
    const { code, stderr } = await runToEnd('local-dev', FREE_PORTS, folder);
    expect(code).toBe(1);
    expect(stderr).toContain("aem-dev.json can't be read (EISDIR)");
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
