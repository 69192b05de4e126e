import { rename, symlink } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';

import { FileCredentialSource } from '#libs/credential-sources';
import { SourceUnavailable } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { ADOBE_ORIGINS } from '../../../../test/support/credential-sources/parse.ts';
import { TemporaryFolder } from '../../../../test/support/credential-sources/temporary-folder.ts';

const sourceOf = (folder: string) =>
  new FileCredentialSource({ folder, allowedOrigins: ADOBE_ORIGINS, clock: new ManualClock() });

describe('FileCredentialSource without a readable folder', () => {
  it('states why a file can’t be read', async () => {
    await using folder = await TemporaryFolder.make();
    await symlink('aem-dev.json', folder.file('aem-dev.json'));
    expect(await sourceOf(folder.path).list()).toMatchObject([
      {
        content: { code: 'credential_unreadable', diagnosis: expect.stringMatching(/aem-dev\.json.*ELOOP/) },
      },
    ]);
  });

  it('lists no credential in an empty folder', async () => {
    await using folder = await TemporaryFolder.make();
    expect(await sourceOf(folder.path).list()).toEqual([]);
  });

  it('is unavailable, and removes nothing, while the folder is missing', async () => {
    await using folder = await TemporaryFolder.make();
    const source = sourceOf(folder.path);
    await folder.vanish();
    await expect(source.list()).rejects.toBeInstanceOf(SourceUnavailable);
    await expect(source.list()).rejects.toThrow(`The folder ${folder.path} can't be listed (ENOENT)`);
    await folder.reappear();
    expect(await source.list()).toEqual([]);
  });

  it('lists all credentials or fails, at each moment that the folder may vanish', async () => {
    for (let patience = 0; patience < 40; patience += 1) {
      await using folder = await TemporaryFolder.make();
      for (let at = 0; at < 10; at += 1) await folder.write(`aem-${at}.json`, oauthDocument());
      const listing = sourceOf(folder.path).list();
      const outcome = listing.then(({ length }) => length).catch((error: unknown) => error);
      for (let turn = 0; turn < patience; turn += 1) await setImmediate();
      await rename(folder.path, `${folder.path}-elsewhere`);
      const result = await outcome;
      expect(result instanceof SourceUnavailable || result === 10).toBe(true);
    }
  });

  it('is unavailable when the folder is a file', async () => {
    await using folder = await TemporaryFolder.make();
    await folder.write('file', '');
    await expect(sourceOf(folder.file('file')).list()).rejects.toBeInstanceOf(SourceUnavailable);
  });
});
