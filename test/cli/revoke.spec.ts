import { hash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import {
  problemAnswer,
  tokenAnswer,
  useScriptedServers,
  type ScriptedServer,
} from '../support/scripted-server.ts';
import { useFolder } from './support/folder.ts';
import { ImsToken } from './support/ims-token.ts';

const cli = new ImsToken();
const folder = useFolder();
const startServer = useScriptedServers();

const TOKEN = 'marked-token-77aa';
const KEY = 'marked-key-3f1d';
const SHA256 = hash('sha256', TOKEN, 'hex');
const CURRENT = hash('sha256', 'token-2', 'hex');
type Answer = ReturnType<typeof tokenAnswer>;
const REVOKED: Answer = { status: 200, body: { revoked: true, token_sha256: CURRENT } };

interface Service {
  readonly url: string;
  readonly bodies: unknown[];
  readonly server: ScriptedServer;
}

/**
 * Starts a service with the current token TOKEN, or another response to GET, and this response to a
 * revocation.
 */
async function start(revocation: Answer, token: Answer = tokenAnswer(TOKEN)): Promise<Service> {
  const bodies: unknown[] = [];
  const server = await startServer(async (request) => {
    if (request.method === 'GET') return token;
    for await (const chunk of request) bodies.push(JSON.parse(String(chunk)));
    return revocation;
  });
  return { url: server.origin, bodies, server };
}

const revoke = (service: Service, ...more: string[]): string[] => [
  'revoke',
  'aem-dev',
  '--url',
  service.url,
  ...more,
];

describe('ims-token revoke', () => {
  it('revokes the current token without a named one', async () => {
    const service = await start(REVOKED);
    const { code, stdout, stderr } = await cli.run(revoke(service, '--key-file', '-'), { input: KEY });
    expect([code, stdout]).toEqual([
      0,
      `✓ Adobe IMS has revoked ${SHA256}. The token in use now is ${CURRENT}.\n`,
    ]);
    expect(stderr).toContain('still good');
    expect(service.bodies).toEqual([{ token_sha256: SHA256 }]);
    expect(service.server.requests).toEqual(['GET /v1/tokens/aem-dev', 'POST /v1/tokens/aem-dev/revoke']);
  });

  it.each([
    ['its digest', ['--token-sha256', SHA256.toUpperCase()], KEY],
    ['itself, of which only the digest leaves the machine', ['--token-file', '-'], `${TOKEN}\n`],
  ])('revokes a token named by %s, without reading the current one', async (_what, named, input) => {
    const service = await start(REVOKED);
    const keyFile = named.includes('-') ? await folder.write('key', KEY) : '-';
    const { code, answer } = await cli.json(revoke(service, '--key-file', keyFile, ...named), { input });
    expect(code).toBe(0);
    expect(answer).toEqual({
      ok: true,
      name: 'aem-dev',
      revoked: true,
      token_sha256: SHA256,
      current_token_sha256: CURRENT,
    });
    expect(service.bodies).toEqual([{ token_sha256: SHA256 }]);
    expect(service.server.requests).toHaveLength(1);
  });

  it.each([CURRENT, null])(
    'fails when the service does not know the token, and its current one is %s',
    async (current) => {
      const service = await start({ status: 200, body: { revoked: false, token_sha256: current } });
      const args = revoke(service, '--key-file', '-', '--token-sha256', SHA256);
      const { code, stdout } = await cli.run(args, { input: KEY });
      expect([code, stdout]).toEqual([
        1,
        `✗ Not revoked: the service does not know ${SHA256} as a token of aem-dev.\n`,
      ]);
    },
  );

  it.each([
    ['no replacement yet', problemAnswer(503, 'revocation_failed'), 4, 'revocation_failed: '],
    ['no permission', problemAnswer(403, 'forbidden'), 1, 'forbidden: '],
    [
      'no budget',
      problemAnswer(429, 'budget_exhausted', { 'retry-after': '600' }),
      4,
      'Ask again in 600 seconds',
    ],
    ['no revocation', { status: 200, body: {} }, 1, 'answer_unreadable: '],
  ])('explains an answer with %s', async (_what, revocation, exit, words) => {
    const service = await start(revocation);
    const { code, stdout, stderr } = await cli.run(revoke(service, '--key-file', '-'), { input: KEY });
    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('marked-');
  });

  it('tells how to name a token that the caller may not read', async () => {
    const service = await start(REVOKED, problemAnswer(403, 'forbidden'));
    const { code, stderr } = await cli.run(revoke(service, '--key-file', '-'), { input: KEY });
    expect(code).toBe(1);
    expect(stderr).toContain('--token-sha256 or --token-file');
    expect(service.bodies).toEqual([]);
  });

  it.each([
    [
      'two names for the token',
      ['--key-file', 'k', '--token-sha256', SHA256, '--token-file', 'f'],
      'not by both',
    ],
    ['standard input for two secrets', ['--key-file', '-', '--token-file', '-'], 'standard input'],
    ['no digest', ['--key-file', '-', '--token-sha256', 'abc'], '64 hexadecimal digits'],
    ['no key', ['--token-sha256', SHA256], '--key-file is missing'],
  ])('refuses %s, and sends no request', async (_what, flags, words) => {
    const service = await start(REVOKED);
    const { code, stderr } = await cli.run(revoke(service, ...flags), { input: KEY });
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(service.server.requests).toEqual([]);
  });
});
