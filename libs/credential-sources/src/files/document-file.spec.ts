import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { readDocumentFile } from './document-file.ts';
import { TemporaryFolder } from '../../../../test/support/credential-sources/temporary-folder.ts';

describe('readDocumentFile', () => {
  it('reads a whole file', async () => {
    await using folder = await TemporaryFolder.make();
    await folder.write('a.json', 'content');
    expect(await readDocumentFile(folder.file('a.json'))).toEqual({
      status: 'read',
      bytes: Buffer.from('content'),
      mode: expect.any(Number),
    });
  });

  it('reads one byte more than the limit of a large file', async () => {
    await using folder = await TemporaryFolder.make();
    await folder.write('a.json', ' '.repeat(1_000_000));
    const file = await readDocumentFile(folder.file('a.json'));
    expect(file.status === 'read' && file.bytes.length).toBe(65_537);
  });

  it('reports a missing file as vanished', async () => {
    await using folder = await TemporaryFolder.make();
    expect(await readDocumentFile(folder.file('a.json'))).toEqual({ status: 'vanished' });
  });

  it('does not wait for the writer of a named pipe', async () => {
    await using folder = await TemporaryFolder.make();
    await promisify(execFile)('mkfifo', [folder.file('a.json')]);
    expect(await readDocumentFile(folder.file('a.json'))).toEqual({
      status: 'unreadable',
      reason: 'it is not a file',
    });
  });
});
