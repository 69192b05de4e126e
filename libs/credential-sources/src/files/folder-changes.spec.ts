import { rename } from 'node:fs/promises';

import { FileCredentialSource } from '#libs/credential-sources';
import { describe, expect, it, vi } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { ADOBE_ORIGINS } from '../../../../test/support/credential-sources/parse.ts';
import { TemporaryFolder } from '../../../../test/support/credential-sources/temporary-folder.ts';

/** A source whose hints are counted, with its watch in place. */
async function watched(folder: string) {
  const source = new FileCredentialSource({
    folder,
    allowedOrigins: ADOBE_ORIGINS,
    clock: new ManualClock(),
  });
  const watching = { source, hints: 0, stop: (): void => {} };
  watching.stop = source.watch(() => {
    watching.hints += 1;
  });
  await source.list().catch(() => {});
  return { watching, [Symbol.dispose]: () => watching.stop() };
}

const aHintAfter = async (watching: { hints: number }, change: () => Promise<void>): Promise<void> => {
  const before = watching.hints;
  await change();
  await vi.waitFor(() => expect(watching.hints).toBeGreaterThan(before), { timeout: 30_000 });
};

describe('FileCredentialSource.watch', () => {
  it.each([
    ['a new file', (folder: TemporaryFolder) => folder.write('new.json', oauthDocument())],
    ['a file written in place', (folder: TemporaryFolder) => folder.write('aem-dev.json', 'x')],
    [
      'a file renamed over another',
      (folder: TemporaryFolder) => rename(folder.file('other.json'), folder.file('aem-dev.json')),
    ],
    ['a swapped mount', (folder: TemporaryFolder) => folder.mount('2026_02', { 'm.json': oauthDocument() })],
  ])('are hinted at: %s', async (_, change) => {
    await using folder = await TemporaryFolder.make();
    await folder.write('aem-dev.json', oauthDocument());
    await folder.write('other.json', oauthDocument());
    using source = await watched(folder.path);
    await aHintAfter(source.watching, () => change(folder));
    expect(source.watching.hints).toBeGreaterThan(0);
  });

  it('hints again after the folder was replaced and listed', async () => {
    await using folder = await TemporaryFolder.make();
    using source = await watched(folder.path);
    await folder.vanish();
    await expect(source.watching.source.list()).rejects.toThrow('ENOENT');
    await folder.reappear();
    expect(await source.watching.source.list()).toEqual([]);
    await aHintAfter(source.watching, () => folder.write('aem-dev.json', oauthDocument()));
    expect(await source.watching.source.list()).toHaveLength(1);
  });

  it('hints after the folder was missing when the watch began', async () => {
    await using folder = await TemporaryFolder.make();
    await folder.vanish();
    using source = await watched(folder.path);
    await folder.reappear();
    await source.watching.source.list();
    await aHintAfter(source.watching, () => folder.write('aem-dev.json', oauthDocument()));
    expect(source.watching.hints).toBeGreaterThan(0);
  });

  it('calls only the hints of subscribers that still watch', async () => {
    await using folder = await TemporaryFolder.make();
    using stopped = await watched(folder.path);
    using going = await watched(folder.path);
    let alsoHinted = 0;
    const stopOther = stopped.watching.source.watch(() => {
      alsoHinted += 1;
    });
    stopped.watching.stop();
    await aHintAfter(going.watching, () => folder.write('aem-dev.json', oauthDocument()));
    await vi.waitFor(() => expect(alsoHinted).toBeGreaterThan(0), { timeout: 30_000 });
    stopOther();
    expect(stopped.watching.hints).toBe(0);
  });
});
