import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { useFolder } from './support/folder.ts';
import { ImsToken } from './support/ims-token.ts';

const digest = (text: string): string => hash('sha256', text, 'hex');
const NAMES = ['aem-current', 'aem-digest', 'aem-file', 'aem-unread'];
const CALLERS = `callers:
  - { name: demo, apiKeySha256: ["${digest(DEMO_KEY)}"], tokens: ["*"] }
  - { name: ops, apiKeySha256: ["${digest('key-of-ops')}"], tokens: ["aem-*"], permissions: [read, revoke] }
  - { name: blind, apiKeySha256: ["${digest('key-of-blind')}"], tokens: ["aem-*"], permissions: [revoke] }
`;

const cli = new ImsToken();
const folder = useFolder();
let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
const documents: string[] = [];

beforeAll(async () => {
  workplace = await makeWorkplace(CALLERS);
  for (const name of NAMES) documents.push(await workplace.addCredential(name));
  service = await workplace.startService();
  await ready(service);
});
afterAll(() => workplace.close());

const tokenOf = async (name: string): Promise<string> =>
  (await service.get(`/v1/tokens/${name}`, { accept: 'text/plain' })).text();
const aem = async (token: string): Promise<number> =>
  (await fetch(`${workplace.imsOrigin}/aem/x.json`, { headers: { authorization: `Bearer ${token}` } }))
    .status;
const revoke = (name: string, key: string, ...more: string[]) =>
  cli.json(['revoke', name, '--url', service.origin, '--key-file', '-', ...more], { input: key });

describe('ims-token revoke with a running service', () => {
  it.each([
    ['the current token', 'aem-current', 'key-of-ops', () => []],
    [
      'a token named by its digest',
      'aem-digest',
      'key-of-blind',
      (token: string) => ['--token-sha256', digest(token)],
    ],
  ] as const)('revokes %s', async (_what, name, key, flags) => {
    const leaked = await tokenOf(name);
    const { code, answer } = await revoke(name, key, ...flags(leaked));
    const current = await tokenOf(name);
    expect([code, answer]).toEqual([
      0,
      { ok: true, name, revoked: true, token_sha256: digest(leaked), current_token_sha256: digest(current) },
    ]);
    expect([await aem(leaked), await aem(current)]).toEqual([401, 200]);
  });

  it('revokes a token in a file once, also when it runs twice', async () => {
    const leaked = await tokenOf('aem-file');
    const file = ['--token-file', await folder.write('leaked-token', `${leaked}\n`)];
    const first = await revoke('aem-file', 'key-of-blind', ...file);
    const current = await tokenOf('aem-file');
    expect([first.code, await revoke('aem-file', 'key-of-blind', ...file)]).toEqual([0, first]);
    expect(await tokenOf('aem-file')).toBe(current);
    expect([await aem(leaked), await aem(current)]).toEqual([401, 200]);
  });

  it('tells a caller without read permission how to name the token', async () => {
    const args = ['revoke', 'aem-unread', '--url', service.origin, '--key-file', '-'];
    const { code, stderr } = await cli.run(args, { input: 'key-of-blind' });
    expect(code).toBe(1);
    expect(stderr).toContain('--token-sha256 or --token-file');
  });

  it('revokes nothing without permission, and no token of another credential', async () => {
    const token = await tokenOf('aem-unread');
    const args = ['revoke', 'aem-unread', '--url', service.origin, '--key-file', '-'];
    const refused = await cli.run(args, { input: DEMO_KEY });
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('forbidden: ');
    const others = digest(await tokenOf('aem-current'));
    expect(await revoke('aem-unread', 'key-of-ops', '--token-sha256', others)).toMatchObject({
      code: 1,
      answer: { ok: false, revoked: false, current_token_sha256: digest(token) },
    });
    expect(await aem(token)).toBe(200);
  });

  it('prints no secret', () => {
    expect(cli.leaksOf(...documents)).toEqual([]);
  });
});
