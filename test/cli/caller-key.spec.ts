import { hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { parseCallers } from '#libs/callers';

import { useFolder } from './support/folder.ts';
import { ImsToken } from './support/ims-token.ts';

const cli = new ImsToken();
const folder = useFolder();

describe('ims-token caller-key', () => {
  it('prints an entry that accepts the key it wrote', async () => {
    const out = folder.path('key');
    const flags = ['--tokens', 'aem-dev, aem-stage-*', '--permissions', 'read,status', '--out', out];
    const { code, stdout, stderr } = await cli.run(['caller-key', '1e3', ...flags]);
    expect(code).toBe(0);
    expect(stderr).toContain(out);
    const key = (await readFile(out, 'utf8')).trim();
    expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(`${stdout}${stderr}`).not.toContain(key);
    const caller = parseCallers(`callers:\n${stdout}`).byKey(key);
    expect(caller?.name).toBe('1e3');
    expect(caller?.mayRead('aem-stage-2')).toBe(true);
    expect(caller?.mayRead('aem-prod')).toBe(false);
    expect(caller?.maySeeStatusOf('aem-dev')).toBe(true);
  });

  it('overwrites a file with --force only, and makes it readable by its owner only', async () => {
    const out = await folder.write('taken', 'a key in use');
    const refused = await cli.run(['caller-key', 'demo', '--tokens', '*', '--out', out]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('exists already');
    expect(await readFile(out, 'utf8')).toBe('a key in use');
    const forced = await cli.run(['caller-key', 'demo', '--tokens', '*', '--out', out, '--force']);
    expect(forced.code).toBe(0);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
  });

  it('keeps the key out of the lines for the callers file', async () => {
    const { code, stdout, stderr } = await cli.run(['caller-key', 'demo']);
    expect(code).toBe(0);
    expect(stderr).toContain('Without --tokens demo may have no token at all.');
    const key = /^[\w-]{43}$/m.exec(stderr)?.[0] ?? '';
    expect(stdout).toContain(hash('sha256', key, 'hex'));
    expect(stdout).not.toContain(key);
  });

  it('prints JSON', async () => {
    const { answer } = await cli.json(['caller-key', 'grafana', '--permissions', 'status']);
    const digest = hash('sha256', String(answer['key']), 'hex');
    expect(answer).toMatchObject({
      ok: true,
      caller: { name: 'grafana', apiKeySha256: [digest], permissions: ['status'] },
    });
  });
});
