import { describe, expect, it } from 'vitest';

import { callerKey } from '../../apps/cli/src/commands/caller-key.ts';
import { check } from '../../apps/cli/src/commands/check.ts';
import { get } from '../../apps/cli/src/commands/get.ts';
import { promote } from '../../apps/cli/src/commands/promote.ts';
import { put } from '../../apps/cli/src/commands/put.ts';
import { ImsToken } from './support/ims-token.ts';

const cli = new ImsToken();

describe('ims-token', () => {
  it('prints its help', async () => {
    const { code, stdout, stderr } = await cli.run(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of ['check', 'put', 'promote', 'get', 'caller-key'])
      expect(stdout).toContain(`ims-token ${name} `);
  });

  it('prints the help of a command', async () => {
    const { code, stdout } = await cli.run(['put', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--pending');
  });

  it.each([
    ['no command', [], 'Which command?', 'ims-token --help'],
    ['an unknown command', ['marked-secret'], 'No such command', 'ims-token --help'],
    [
      'an unknown flag',
      ['check', 'x.json', '--marke=marked-secret'],
      "Unknown option '--marke'",
      'ims-token check --help',
    ],
  ])('ends with 2 after %s, and repeats no value', async (_what, args, words, help) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
    expect(stderr).toContain(`See: ${help}`);
    expect(stderr).not.toContain('marked-secret');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['too few arguments', put, ['aem-dev'], 'It takes 2: NAME FILE (given: 1)'],
    [
      'a key as an argument',
      get,
      ['aem-dev', 'marked-secret', '--url', 'http://127.0.0.1'],
      'one argument: NAME',
    ],
    ['no key', get, ['aem-dev', '--url', 'http://127.0.0.1'], '--key-file is missing'],
    [
      'a password in the URL',
      get,
      ['aem-dev', '--url', 'https://me:marked-secret@host', '--key-file', '-'],
      '--url must',
    ],
    ['a missing file', check, ['/nonexistent.json'], "/nonexistent.json can't be read (ENOENT)"],
    ['invalid origins', check, ['x', '--allowed-origins', 'http://me:marked-secret@x'], '--allowed-origins'],
    ['an invalid name', promote, ['Not A Name'], "NAME must be a credential's name"],
    ['an invalid prefix', promote, ['aem-dev', '--prefix', 'a b'], '--prefix'],
    ['an invalid caller name', callerKey, ['Demo'], 'name: must be'],
    ['invalid patterns', callerKey, ['demo', '--tokens', 'aem-*,AEM'], 'tokens[1]: must be'],
    ['unknown permissions', callerKey, ['demo', '--permissions', 'all'], 'permissions[0]: must be one of'],
  ])('refuses %s', async (_what, command, args, words) => {
    const refusal = command.run(args).catch((error: unknown) => error);
    expect(await refusal).toMatchObject({
      exitCode: 2,
      message: expect.toSatisfy((text: string) => text.includes(words) && !text.includes('marked')) as string,
    });
  });
});
