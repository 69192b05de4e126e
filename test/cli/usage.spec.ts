import { describe, expect, it } from 'vitest';

import { ImsToken } from './support/ims-token.ts';

const cli = new ImsToken();

describe('ims-token', () => {
  it('says what it can do', async () => {
    const { code, stdout, stderr } = await cli.run(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of ['check', 'put', 'promote', 'get', 'caller-key'])
      expect(stdout).toContain(`ims-token ${name} `);
  });

  it('says what a command can do', async () => {
    const { code, stdout } = await cli.run(['put', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--pending');
  });

  it.each([
    ['no command', [], 'Which command?'],
    ['an unknown command', ['marked-secret'], 'No such command'],
    ['too few arguments', ['put', 'aem-dev'], 'It takes 2: NAME FILE (given: 1)'],
    ['an unknown flag', ['check', 'x.json', '--marke=marked-secret'], "Unknown option '--marke'"],
    [
      'a key as an argument',
      ['get', 'aem-dev', 'marked-secret', '--url', 'http://127.0.0.1'],
      'one argument: NAME',
    ],
    ['a file that is not there', ['check', '/nonexistent.json'], "/nonexistent.json can't be read (ENOENT)"],
    ['a name that is none', ['promote', 'Not A Name'], "NAME must be a credential's name"],
  ])('ends with 2 for %s, and repeats no value', async (_what, args, words) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('marked-secret');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
