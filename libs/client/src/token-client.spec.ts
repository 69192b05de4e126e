import { once } from 'node:events';
import { inspect } from 'node:util';

import { createTokenClient, TokenServiceError, type TokenClientOptions } from './index.ts';
import { describe, expect, it } from 'vitest';

import { eventually } from '../../../test/support/eventually.ts';
import {
  problemAnswer,
  tokenAnswer,
  useScriptedServers,
  type ScriptedServer,
} from '../../../test/support/scripted-server.ts';

const start = useScriptedServers();
const KEY = 'marked-key-91c2';
const optionsFor = (server: ScriptedServer): TokenClientOptions => ({
  url: server.origin,
  credential: 'aem-dev',
  auth: { key: KEY },
});

describe('a client of a service with unusual responses', () => {
  it('leaves no unhandled rejection after an aborted report', async () => {
    const server = await start(({ method }) =>
      method === 'POST' ? problemAnswer(403, 'forbidden') : problemAnswer(503, 'token_unavailable'),
    );
    const { getToken, reportRejected } = createTokenClient(optionsFor(server));
    const signal = AbortSignal.abort();
    await expect(reportRejected('token-1', { signal })).rejects.toBe(signal.reason);
    // The report continues without the caller and fails. Its rejection must be handled too.
    await eventually(
      async () => server.requests.length,
      (count) => count === 3,
    );
    server.script = () => tokenAnswer('token-2');
    expect(await getToken()).toBe('token-2');
  });

  it('sends the next request after Retry-After', async () => {
    const at: number[] = [];
    const server = await start(() => {
      at.push(performance.now());
      return at.length === 1
        ? problemAnswer(503, 'starting', { 'retry-after': '1' })
        : tokenAnswer('token-1');
    });
    expect(await createTokenClient(optionsFor(server)).getToken()).toBe('token-1');
    expect(at).toHaveLength(2);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(950);
  });

  it('does not wait for a Retry-After that is longer than the timeout', async () => {
    const server = await start(() => problemAnswer(503, 'token_unavailable', { 'retry-after': '60' }));
    const refusal = createTokenClient(optionsFor(server)).getToken();
    await expect(refusal).rejects.toMatchObject({ code: 'token_unavailable', status: 503, retryAfter: 60 });
    expect(server.requests).toHaveLength(2);
  });

  it.each(['token_expired', 'token_unavailable'])(
    'asks once more at once after 503 %s: another replica may have a token',
    async (code) => {
      const server = await start(() =>
        server.requests.length === 1
          ? problemAnswer(503, code, { 'retry-after': '60', connection: 'close' })
          : tokenAnswer('token-1'),
      );
      expect(await createTokenClient({ ...optionsFor(server), timeoutMs: 5_000 }).getToken()).toBe('token-1');
      expect(server.requests).toHaveLength(2);
    },
  );

  it.each(['starting', 'min_ttl_unavailable'])('does not after 503 %s', async (code) => {
    const server = await start(() => problemAnswer(503, code, { 'retry-after': '60' }));
    await expect(createTokenClient(optionsFor(server)).getToken()).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
  });

  it('fails with timeout if the service does not answer', async () => {
    const server = await start(() => 'hang');
    const { getToken } = createTokenClient({ ...optionsFor(server), timeoutMs: 300 });
    await expect(getToken()).rejects.toMatchObject({ code: 'timeout' });
  });

  it.each([
    ['no JSON', { status: 200 }],
    ['no token', { status: 200, body: { expires_in: 1, refresh_in: 1 } }],
    ['no times', { status: 200, body: { access_token: 'marked-token', expires_in: 'long' } }],
    ['a token with a line end', tokenAnswer('marked-token\n')],
    ['an expired token', tokenAnswer('marked-token', 1, 0)],
    ['an HTML page of a proxy', { status: 502, body: '<html>' }],
  ])('refuses a response with %s', async (_what, answer) => {
    const server = await start(() => answer);
    const { getToken } = createTokenClient({ ...optionsFor(server), timeoutMs: 200 });
    const failure: unknown = await getToken().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'answer_unreadable', isFinal: false });
    expect(inspect(failure, { showHidden: true })).not.toContain('marked-');
  });

  it('does not follow a redirect with its key', async () => {
    const elsewhere = await start(() => tokenAnswer('token-1'));
    const server = await start(() => ({ status: 302, headers: { location: elsewhere.origin } }));
    const { getToken } = createTokenClient(optionsFor(server));
    await expect(getToken()).rejects.toMatchObject({ code: 'answer_unreadable', status: 302 });
    expect(elsewhere.requests).toEqual([]);
  });

  it('removes the key from an error that quotes it', async () => {
    const server = await start(({ headers }) =>
      problemAnswer(400, 'invalid_request', {}, `Who is ${headers.authorization}?`),
    );
    const failure: unknown = await createTokenClient(optionsFor(server))
      .getToken()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'Who is Bearer [key]? (HTTP 400)' });
  });
});

describe('a renewal', () => {
  it('runs in the background, and callers get the old token meanwhile', async () => {
    const server = await start(() => tokenAnswer('token-1', 0.001));
    const failures: TokenServiceError[] = [];
    const onFailure = (failure: TokenServiceError): void => void failures.push(failure);
    const { getToken } = createTokenClient({ ...optionsFor(server), timeoutMs: 400, onFailure });
    expect(await getToken()).toBe('token-1');
    server.script = () => 'hang';
    await eventually(getToken, (token) => token === 'token-1' && failures.length === 1);
    expect(failures[0]).toMatchObject({ code: 'timeout' });
    server.script = () => tokenAnswer('token-2');
    await eventually(getToken, (token) => token === 'token-2');
  });

  it('backs off while it is refused, and the old token stays in use', async () => {
    const server = await start(() => tokenAnswer('token-1', 0.001));
    const failures: TokenServiceError[] = [];
    const onFailure = (failure: TokenServiceError): void => void failures.push(failure);
    const { getToken } = createTokenClient({ ...optionsFor(server), onFailure });
    await getToken();
    const at: number[] = [];
    server.script = () => {
      at.push(performance.now());
      return problemAnswer(403, 'forbidden');
    };
    await eventually(getToken, () => at.length === 3);
    expect(await getToken()).toBe('token-1');
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(450);
    expect((at[2] ?? 0) - (at[1] ?? 0)).toBeGreaterThan(450);
    expect(failures[0]).toMatchObject({ code: 'forbidden' });
  });
});

describe('a caller that aborts', () => {
  it('does not affect other callers', async () => {
    let answer = (): void => undefined;
    const server = await start(async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return tokenAnswer('token-1');
    });
    const { getToken } = createTokenClient(optionsFor(server));
    const aborting = new AbortController();
    const aborted = getToken({ signal: aborting.signal });
    const other = getToken();
    await eventually(
      async () => server.requests.length,
      (count) => count === 1,
    );
    aborting.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    answer();
    expect(await other).toBe('token-1');
    expect(server.requests).toHaveLength(1);
    await expect(getToken({ signal: aborting.signal })).rejects.toThrow('enough');
  });

  it('may abort between two attempts', async () => {
    const server = await start(() => problemAnswer(503, 'starting', { 'retry-after': '5' }));
    const aborting = new AbortController();
    const aborted = createTokenClient(optionsFor(server)).getToken({ signal: aborting.signal });
    const onAbort = once(aborting.signal, 'abort');
    await eventually(
      async () => server.requests.length,
      (count) => count === 1,
    );
    aborting.abort(new Error('enough'));
    await onAbort;
    await expect(aborted).rejects.toThrow('enough');
  });
});

describe('the options', () => {
  it.each([
    ['url', { url: 'tokens.example' }],
    ['url', { url: 'ftp://tokens.example' }],
    ['url', { url: 'https://user:marked@tokens.example' }],
    ['credential', { credential: '../status' }],
    ['auth.key', { auth: { key: 'marked\n' } }],
    ['auth must', { auth: {} as never }],
    ['auth must', { auth: { key: 'marked', jwtFile: 'marked' } }],
    ['auth.jwt must', { auth: { jwt: 'marked' as never } }],
    ['auth.jwtFile', { auth: { jwtFile: '' } }],
    ['timeoutMs', { timeoutMs: 0 }],
  ])('are refused with the name of the invalid option: %s', (name, wrong) => {
    const options = { url: 'https://tokens.example', credential: 'aem-dev', auth: { key: KEY }, ...wrong };
    expect(() => createTokenClient(options)).toThrow(TypeError);
    expect(() => createTokenClient(options)).toThrow(name);
    expect(() => createTokenClient(options)).not.toThrow('marked');
  });

  it('accept a service below a path', async () => {
    const server = await start(() => tokenAnswer('token-1'));
    await createTokenClient({ ...optionsFor(server), url: `${server.origin}/tokens` }).getToken();
    expect(server.requests).toEqual(['GET /tokens/v1/tokens/aem-dev']);
  });
});
