import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { get as command } from '../../apps/cli/src/commands/get.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { useFolder } from './support/folder.ts';
import { ImsToken } from './support/ims-token.ts';

const cli = new ImsToken();
const folder = useFolder();
let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let keyFile: string;

beforeAll(async () => {
  workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
  await workplace.store('aem-broken', '{}');
  service = await workplace.startService();
  await ready(service);
  keyFile = await folder.write('key', `${DEMO_KEY}\n`);
});
afterAll(() => workplace.close());

const get = (name: string, ...more: string[]): string[] => ['get', name, '--url', service.origin, ...more];

describe('ims-token get', () => {
  it('prints the bare token', async () => {
    const { code, stdout, stderr } = await cli.run(get('aem-dev', '--key-file', keyFile));
    expect([code, stderr]).toEqual([0, '']);
    const token = await (await service.get('/v1/tokens/aem-dev', { accept: 'text/plain' })).text();
    expect(stdout).toBe(`${token}\n`);
  });

  it('reads the key from standard input, and prints the whole answer with --json', async () => {
    const { code, answer } = await cli.json(get('aem-dev', '--key-file', '-'), { input: DEMO_KEY });
    expect(code).toBe(0);
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) as number });
  });

  it.each([
    ['an unknown key', 'marked-wrong-key', ['aem-dev'], 1, 'unauthenticated: ', '--key-file'],
    ['an unknown name', DEMO_KEY, ['aem-none'], 1, 'credential_not_found: ', 'HTTP 404'],
    [
      'a longer lifetime than a token has',
      DEMO_KEY,
      ['aem-dev', '--min-ttl', '900000'],
      1,
      'invalid_request: ',
      'HTTP 400',
    ],
    ['a broken credential', DEMO_KEY, ['aem-broken'], 4, 'token_unavailable: ', 'Ask again in'],
  ])('explains the answer to %s', async (_what, key, [name = '', ...flags], exit, problem, words) => {
    const { code, stdout, stderr } = await cli.run(get(name, '--key-file', '-', ...flags), { input: key });
    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr).toContain(problem);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain(key);
  });

  it('prints a problem as JSON', async () => {
    const { code, answer } = await cli.json(get('aem-none', '--key-file', keyFile));
    expect(code).toBe(1);
    expect(answer).toMatchObject({ ok: false, code: 'credential_not_found' });
  });

  it('reports a service that does not answer', async () => {
    const refusal = command.run(['aem-dev', '--url', 'http://127.0.0.1:9', '--key-file', keyFile]);
    await expect(refusal).rejects.toMatchObject({ exitCode: 3, code: 'service_unreachable' });
  });

  it('does not follow a redirect with the key', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const refusal = command.run(['aem-dev', '--url', url, '--key-file', keyFile]);
    await expect(refusal).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('HTTP 302') as string,
    });
    server.close();
    expect(asked).toBe(1);
  });
});
