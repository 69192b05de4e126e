import { createHash } from 'node:crypto';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';

import { FileCredentialSource, type SkippedDocument } from '#libs/credential-sources';
import { instant, millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { makeServiceCredentials } from '../../../../test/support/service-credentials.ts';
import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { ADOBE_ORIGINS } from '../../../../test/support/credential-sources/parse.ts';
import { TemporaryFolder } from '../../../../test/support/credential-sources/temporary-folder.ts';

const DAY = 86_400_000;
const sourceOf = (folder: string, clock = new ManualClock()) =>
  new FileCredentialSource({ folder, allowedOrigins: ADOBE_ORIGINS, clock });

describe('FileCredentialSource', () => {
  it('lists every NAME.json, with the hash of its content as the version', async () => {
    await using folder = await TemporaryFolder.make();
    const text = JSON.stringify(oauthDocument());
    await folder.write('aem-dev.json', text);
    await folder.write('aem-prod.json', oauthDocument({ CLIENT_ID: 'prod' }));
    const listing = await sourceOf(folder.path).list();
    expect(listing).toMatchObject([
      { name: 'aem-dev', stage: 'CURRENT', content: { kind: 'oauth' } },
      { name: 'aem-prod', stage: 'CURRENT', content: { kind: 'oauth', clientId: 'prod' } },
    ]);
    expect(listing[0]?.version).toBe(createHash('sha256').update(text).digest('hex').slice(0, 16));
  });

  it('ignores other files, files that start with a dot, and folders', async () => {
    await using folder = await TemporaryFolder.make();
    for (const name of [
      'README.md',
      'aem-dev.json~',
      '.aem-dev.json.swp',
      '.hidden.json',
      'x.JSON',
      'json',
    ]) {
      await folder.write(name, oauthDocument());
    }
    await mkdir(folder.file('archive'));
    await folder.write('archive/old.json', oauthDocument());
    expect(await sourceOf(folder.path).list()).toEqual([]);
  });

  it('gives notice of a file that every user can read or change, once per change of its mode', async () => {
    await using folder = await TemporaryFolder.make();
    const notices: string[] = [];
    const source = new FileCredentialSource({
      folder: folder.path,
      allowedOrigins: ADOBE_ORIGINS,
      clock: new ManualClock(),
      onNotice: ({ name, code, diagnosis }) => notices.push(`${name} ${code} ${diagnosis.slice(0, 30)}`),
    });
    await folder.write('aem-dev.json', oauthDocument());
    for (const mode of [0o600, 0o644, 0o644, 0o666, 0o640, 0o644]) {
      await chmod(folder.file('aem-dev.json'), mode);
      await source.list();
    }
    expect(notices).toEqual([
      'aem-dev file_exposed aem-dev.json has the mode 0644',
      'aem-dev file_exposed aem-dev.json has the mode 0666',
      'aem-dev file_exposed aem-dev.json has the mode 0644',
    ]);
  });

  it('skips a file with an invalid name, and reports it once', async () => {
    await using folder = await TemporaryFolder.make();
    const skipped: SkippedDocument[] = [];
    const source = new FileCredentialSource({
      folder: folder.path,
      allowedOrigins: ADOBE_ORIGINS,
      clock: new ManualClock(),
      onSkipped: (document) => skipped.push(document),
    });
    await folder.write('AEM Dev.json', oauthDocument());
    await folder.write('aem-dev.json', oauthDocument());
    expect(await source.list()).toMatchObject([{ name: 'aem-dev' }]);
    await source.list();
    expect(skipped).toMatchObject([{ code: 'credential_invalid_name', storedAs: 'AEM Dev.json' }]);
    expect(skipped[0]?.diagnosis).toContain('lower-case letters');
    expect(source.omissions.skipped).toEqual([{ storedAs: 'AEM Dev.json', code: 'credential_invalid_name' }]);

    await rm(folder.file('AEM Dev.json'));
    await source.list();
    await folder.write('AEM Dev.json', oauthDocument());
    await source.list();
    expect(skipped).toHaveLength(2);
  });

  it('reports files without ".json" beside the good ones, and no temporary files or folders', async () => {
    await using folder = await TemporaryFolder.make();
    const skipped: string[] = [];
    const source = new FileCredentialSource({
      folder: folder.path,
      allowedOrigins: ADOBE_ORIGINS,
      clock: new ManualClock(),
      onSkipped: ({ storedAs }) => skipped.push(storedAs),
    });
    const odd = ['aem-prod', 'aem-prod.JSON', 'aem-prod.json.txt', 'aem\u202e\x9b.yaml'];
    const ignored = ['.aem-x.json.swp', 'aem-x.json~', 'aem-x.json.tmp-1', '#aem-x#', 'aem-x.json.bak'];
    for (const name of ['aem-dev.json', ...odd, ...ignored]) await folder.write(name, oauthDocument());
    await mkdir(folder.file('archive'));
    expect(await source.list()).toMatchObject([{ name: 'aem-dev' }]);
    expect(skipped).toEqual(['aem-prod', 'aem-prod.JSON', 'aem-prod.json.txt', 'aem\\u{202e}\\u{9b}.yaml']);
    expect(source.omissions.skipped.map(({ storedAs }) => storedAs)).toEqual(skipped);
  });

  it('lists broken files with their problem beside the good ones', async () => {
    await using folder = await TemporaryFolder.make();
    await folder.write('a-half-written.json', JSON.stringify(oauthDocument()).slice(0, 40));
    await folder.write('b-good.json', oauthDocument());
    await mkdir(folder.file('c-folder.json'));
    await symlink('nowhere', folder.file('d-dangling.json'));
    await symlink('e-loop.json', folder.file('e-loop.json'));
    await writeFile(folder.file('f-utf16.json'), Buffer.from(JSON.stringify(oauthDocument()), 'utf16le'));
    await folder.write('g-large.json', JSON.stringify(oauthDocument()).padEnd(1_000_000));
    expect(
      (await sourceOf(folder.path).list()).map(({ name, content }) => [
        name,
        'code' in content ? content.code : null,
      ]),
    ).toEqual([
      ['a-half-written', 'credential_invalid_json'],
      ['b-good', null],
      ['c-folder', 'credential_unreadable'],
      ['d-dangling', 'credential_unreadable'],
      ['e-loop', 'credential_unreadable'],
      ['f-utf16', 'credential_invalid_json'],
      ['g-large', 'credential_unknown_document'],
    ]);
  });

  it('lists a half-written file as a problem until it is complete', async () => {
    await using folder = await TemporaryFolder.make();
    const source = sourceOf(folder.path);
    const text = JSON.stringify(oauthDocument());
    await folder.write('aem-dev.json', text.slice(0, 50));
    expect(await source.list()).toMatchObject([{ content: { kind: 'problem' } }]);
    await folder.write('aem-dev.json', text);
    expect(await source.list()).toMatchObject([{ content: { kind: 'oauth' } }]);
  });

  it('parses a file again only after a change', async () => {
    await using folder = await TemporaryFolder.make();
    const source = sourceOf(folder.path);
    await folder.write('aem-dev.json', oauthDocument());
    const [first] = await source.list();
    const [second] = await source.list();
    await folder.write('aem-dev.json', oauthDocument({ CLIENT_ID: 'other' }));
    const [third] = await source.list();
    expect(second?.content).toBe(first?.content);
    expect(third?.content).toMatchObject({ clientId: 'other' });
    expect(third?.version).not.toBe(first?.version);
  });

  it('reports an expired certificate in an unchanged file', async () => {
    await using folder = await TemporaryFolder.make();
    const clock = new ManualClock(instant(Date.UTC(2026, 0, 15)));
    const source = sourceOf(folder.path, clock);
    const { document } = await makeServiceCredentials({ notBefore: clock.now(), days: 30 });
    await folder.write('aem-dev.json', document);
    expect(await source.list()).toMatchObject([{ content: { kind: 'jwt' } }]);
    clock.advance(millis(31 * DAY));
    expect(await source.list()).toMatchObject([
      {
        content: { code: 'credential_certificate_expired', diagnosis: expect.stringContaining('2026-02-14') },
      },
    ]);
    clock.jump(millis(-31 * DAY));
    expect(await source.list()).toMatchObject([{ content: { kind: 'jwt' } }]);
  });

  it('reads files that Kubernetes mounts through symbolic links', async () => {
    await using folder = await TemporaryFolder.make();
    const source = sourceOf(folder.path);
    await folder.mount('2026_01', { 'aem-dev.json': oauthDocument({ CLIENT_ID: 'first' }) });
    expect(await source.list()).toMatchObject([{ name: 'aem-dev', content: { clientId: 'first' } }]);
    await folder.mount('2026_02', { 'aem-dev.json': oauthDocument({ CLIENT_ID: 'second' }) });
    expect(await source.list()).toMatchObject([{ name: 'aem-dev', content: { clientId: 'second' } }]);
  });
});
