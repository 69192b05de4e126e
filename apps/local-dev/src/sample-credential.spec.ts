import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ensureSampleCredential } from './sample-credential.ts';
import { openSandboxFolder, type SandboxFolder } from './sandbox-folder.ts';

/** No server listens at this address, so a request for a sample fails. */
const IMS = 'http://127.0.0.1:1';

let root: string;
let folder: SandboxFolder;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'local-dev-sample-'));
  folder = await openSandboxFolder(root);
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** The folder, when the sandbox has kept its accounts. */
const oldIms = (): SandboxFolder => ({ ...folder, isNewIms: false });
const document = (imsEndpoint: string): string => JSON.stringify({ ok: true, integration: { imsEndpoint } });

describe('ensureSampleCredential', () => {
  it.each([
    ['a truncated document', document('http://127.0.0.1:3001').slice(0, -3)],
    ["Adobe's own document", document('ims-na1.adobelogin.com')],
    ['an OAuth document', '{"CLIENT_ID":"a","CLIENT_SECRETS":["b"]}'],
    ['JSON without fields', 'null'],
  ])('does not change %s in place of the sample', async (_, text) => {
    await writeFile(folder.sampleCredential, text);
    await ensureSampleCredential(oldIms(), IMS);
    await ensureSampleCredential(folder, IMS);
    expect(await readFile(folder.sampleCredential, 'utf8')).toBe(text);
    expect(folder.notices[0]).toContain('aem-dev.json was left alone');
  });

  it('writes the new origin of a sandbox on another port', async () => {
    await writeFile(folder.sampleCredential, document('http://127.0.0.1:3001'));
    await ensureSampleCredential(oldIms(), IMS);
    expect(JSON.parse(await readFile(folder.sampleCredential, 'utf8'))).toEqual(JSON.parse(document(IMS)));
  });

  it.each(['', ' \n'])('requests a new sample in place of an empty file: %j', async (text) => {
    await writeFile(folder.sampleCredential, text);
    await expect(ensureSampleCredential(oldIms(), IMS)).rejects.toThrow('fetch failed');
  });

  it('requests a new sample when the sandbox has lost its state', async () => {
    await writeFile(folder.sampleCredential, document('http://127.0.0.1:3001'));
    await expect(ensureSampleCredential(folder, IMS)).rejects.toThrow('fetch failed');
  });
});
