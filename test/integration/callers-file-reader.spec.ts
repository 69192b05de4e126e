import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

const READER = new URL('../../libs/callers/src/callers-file-reader.ts', import.meta.url);

/**
 * Runs a process without any file descriptor left, and returns what each read says. The reader is made
 * before or after the last descriptor is used up.
 */
async function readsWithoutDescriptors(isReserved: boolean): Promise<string[]> {
  const program = `
    import { closeSync, openSync } from 'node:fs';
    const { CallersFileReader } = await import(${JSON.stringify(READER.href)});
    const make = () => new CallersFileReader(${JSON.stringify(fileURLToPath(READER))});
    const open = [];
    let reader = ${isReserved} ? make() : null;
    try { for (;;) open.push(openSync('/dev/null')); } catch {}
    reader ??= make();
    const says = [];
    const read = () => reader.read().then(({ text }) => says.push(text.split('\\n', 1)[0]), (error) => says.push(error.message));
    await read();
    await read();
    closeSync(open.pop());
    closeSync(open.pop());
    await read();
    try { for (;;) open.push(openSync('/dev/null')); } catch {}
    await read();
    for (const each of open) closeSync(each);
    process.stdout.write(JSON.stringify(says));
  `;
  const node = [process.execPath, '--conditions=source', '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n 64; exec "$@"', 'sh', ...node]);
  return JSON.parse(stdout) as string[];
}

const TEXT = expect.stringMatching(/^import/);
const EXPLAINED = expect.stringMatching(
  /can't be read: this process has no file descriptor left \(EMFILE\): raise its limit of open files$/,
);

describe('CallersFileReader, while other files use up all descriptors', () => {
  it('reads through the descriptor that it reserved, again and again', async () => {
    expect(await readsWithoutDescriptors(true)).toEqual([TEXT, TEXT, TEXT, TEXT]);
  });

  it('names the reason where it could reserve none, and reserves one later', async () => {
    expect(await readsWithoutDescriptors(false)).toEqual([EXPLAINED, EXPLAINED, TEXT, TEXT]);
  });
});
