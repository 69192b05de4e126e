import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import {
  problemAnswer,
  tokenAnswer,
  useScriptedServers,
  type ScriptedServer,
} from '../support/scripted-server.ts';
import { commandBlocks } from './support/pages.ts';

const start = useScriptedServers();
const run = promisify(execFile);

/**
 * Runs the Python of the page with this service and an AEM that accepts `token-2` only.
 * @param more lines at its end
 */
async function runPython(service: ScriptedServer, more = ''): Promise<string> {
  const aem = await start(({ headers }) => ({
    status: headers.authorization === 'Bearer token-2' ? 200 : 401,
    body: 'AEM',
  }));
  const program = commandBlocks('docs/using-tokens.md')
    .filter(({ language }) => language === 'python')
    .map(({ text }) => text)
    .join('\n')
    .replaceAll('https://tokens.example', service.origin)
    .replaceAll('https://author-p1-e2.adobeaemcloud.com', aem.origin);
  const env = { ...process.env, KEY: 'key' };
  const { stdout } = await run('python3', ['-c', `${program}\n${more}`], { env });
  return stdout;
}

const ASK = 'GET /v1/tokens/aem-dev';
const REPORT = 'POST /v1/tokens/aem-dev/refresh';

describe('the Python client of docs/using-tokens.md', () => {
  it('reports a token that AEM rejects, and uses the replacement', async () => {
    const service = await start(({ method }) => tokenAnswer(method === 'POST' ? 'token-2' : 'token-1'));
    const again = 'read_from_aem("/x"); print(tokens.get())';
    expect(await runPython(service, again)).toBe('b\'"AEM"\'\ntoken-2\n');
    expect(service.requests).toEqual([ASK, REPORT]);
  });

  it.each([
    ['may not report', () => problemAnswer(403, 'forbidden')],
    ['has used up its budget', () => problemAnswer(429, 'budget_exhausted')],
  ])('requests the current token if it %s', async (_what, answer) => {
    let current = 'token-1';
    const service = await start(({ method }) => {
      if (method === 'GET') return tokenAnswer(current);
      current = 'token-2';
      return answer();
    });
    expect(await runPython(service)).toContain('AEM');
    expect(service.requests).toEqual([ASK, REPORT, ASK]);
  });

  it('gives up if there is no other token yet', async () => {
    const service = await start(({ method }) =>
      method === 'POST' ? { status: 202, body: { status: 'refreshing' } } : tokenAnswer('token-1'),
    );
    await expect(runPython(service)).rejects.toThrow('401');
    expect(service.requests).toEqual([ASK, REPORT]);
  });

  it('keeps a valid token while the service is down', async () => {
    let asked = 0;
    const service = await start(() => {
      asked += 1;
      return asked === 1 ? tokenAnswer('token-2', 0) : problemAnswer(503, 'starting');
    });
    expect(await runPython(service, 'print(tokens.get(), tokens.get())')).toContain('token-2 token-2');
    expect(service.requests).toEqual([ASK, ASK]);
  });
});
