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
  folder = await mkdtemp(join(tmpdir(), 'laptop-failures-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

// An end here is the end of the sandbox too: it writes to the same standard error.
describe('a run on a laptop that can not go on', () => {
  it('ends as a whole when one of its processes does, and says which', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await runToEnd('laptop', { ...FREE_PORTS, PORT: String(port) }, folder);
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is in use by another process. Set PORT to another one.\n`);
    expect(stderr).toContain('The token service has ended, so everything stops.\n');
  });

  it('says so in a sentence, before anything has begun', async () => {
    await writeFile(join(folder, '.sandbox'), '');
    const { code, stderr } = await runToEnd('laptop', FREE_PORTS, folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^This can't start: .+\n$/);
  });

  it('says so in a sentence, and takes the sandbox along', async () => {
    await mkdir(join(folder, '.sandbox/credentials/aem-dev.json'), { recursive: true });
    const { code, stderr } = await runToEnd('laptop', FREE_PORTS, folder);
    expect(code).toBe(1);
    expect(stderr).toContain("This can't start: EISDIR");
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
