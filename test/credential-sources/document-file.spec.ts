import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { readDocumentFile } from '../../libs/credential-sources/src/files/document-file.ts';
import { TemporaryFolder } from './support/temporary-folder.ts';

describe('a file of the folder', () => {
  it('is read whole', async () => {
    await using folder = await TemporaryFolder.make();
    await folder.write('a.json', 'content');
    expect(await readDocumentFile(folder.file('a.json'))).toEqual({
      status: 'read',
      bytes: Buffer.from('content'),
    });
  });

  it('is read no further than shows that it is too large', async () => {
    await using folder = await TemporaryFolder.make();
    await folder.write('a.json', ' '.repeat(1_000_000));
    const file = await readDocumentFile(folder.file('a.json'));
    expect(file.status === 'read' && file.bytes.length).toBe(65_537);
  });

  it('that is listed no longer has vanished', async () => {
    await using folder = await TemporaryFolder.make();
    expect(await readDocumentFile(folder.file('a.json'))).toEqual({ status: 'vanished' });
  });

  it('that is a named pipe nobody writes to holds nobody up', async () => {
    await using folder = await TemporaryFolder.make();
    await promisify(execFile)('mkfifo', [folder.file('a.json')]);
    expect(await readDocumentFile(folder.file('a.json'))).toEqual({
      status: 'unreadable',
      reason: 'it is not a file',
    });
  });
});
