import { once } from 'node:events';
import { inspect } from 'node:util';

import { createTokenClient, TokenServiceError, type TokenClientOptions } from '#libs/client';
import { describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import {
  problemAnswer,
  tokenAnswer,
  useScriptedServers,
  type ScriptedServer,
} from '../support/scripted-server.ts';

const start = useScriptedServers();
const KEY = 'marked-key-91c2';
const optionsFor = (server: ScriptedServer): TokenClientOptions => ({
  url: server.origin,
  credential: 'aem-dev',
  auth: { key: KEY },
});

describe('a service that is not at its best', () => {
  it('hurts nobody who gave up on a report before it was made', async () => {
    const server = await start(({ method }) =>
      method === 'POST' ? problemAnswer(403, 'forbidden') : problemAnswer(503, 'token_unavailable'),
    );
    const { getToken, reportRejected } = createTokenClient(optionsFor(server));
    const signal = AbortSignal.abort();
    await expect(reportRejected('token-1', { signal })).rejects.toBe(signal.reason);
    // The report goes on by itself and fails as well: of that, too, nothing may be left unhandled.
    await eventually(
      async () => server.requests.length,
      (count) => count === 2,
    );
    server.script = () => tokenAnswer('token-2');
    expect(await getToken()).toBe('token-2');
  });

  it('is asked again when it wants to be', async () => {
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

  it('is not waited for longer than the caller wants to wait', async () => {
    const server = await start(() => problemAnswer(503, 'token_unavailable', { 'retry-after': '60' }));
    const refusal = createTokenClient(optionsFor(server)).getToken();
    await expect(refusal).rejects.toMatchObject({ code: 'token_unavailable', status: 503, retryAfter: 60 });
    expect(server.requests).toHaveLength(1);
  });

  it('holds nobody up for ever', async () => {
    const server = await start(() => 'hang');
    const { getToken } = createTokenClient({ ...optionsFor(server), timeoutMs: 300 });
    await expect(getToken()).rejects.toMatchObject({ code: 'timeout' });
  });

  it.each([
    ['no JSON', { status: 200 }],
    ['no token', { status: 200, body: { expires_in: 1, refresh_in: 1 } }],
    ['no times', { status: 200, body: { access_token: 'marked-token', expires_in: 'long' } }],
    ['a token with a line end', tokenAnswer('marked-token\n')],
    ['a token that is over', tokenAnswer('marked-token', 1, 0)],
    ['a page of something in between', { status: 502, body: '<html>' }],
  ])('is not believed when it answers with %s', async (_what, answer) => {
    const server = await start(() => answer);
    const { getToken } = createTokenClient({ ...optionsFor(server), timeoutMs: 200 });
    const failure: unknown = await getToken().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'answer_unreadable', isFinal: false });
    expect(inspect(failure, { showHidden: true })).not.toContain('marked-');
  });

  it('gets no second chance to see the key by a redirect', async () => {
    const elsewhere = await start(() => tokenAnswer('token-1'));
    const server = await start(() => ({ status: 302, headers: { location: elsewhere.origin } }));
    const { getToken } = createTokenClient(optionsFor(server));
    await expect(getToken()).rejects.toMatchObject({ code: 'answer_unreadable', status: 302 });
    expect(elsewhere.requests).toEqual([]);
  });

  it('can not put the key into an error by echoing it', async () => {
    const server = await start(({ headers }) =>
      problemAnswer(400, 'invalid_request', {}, `Who is ${headers.authorization}?`),
    );
    const failure: unknown = await createTokenClient(optionsFor(server))
      .getToken()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'Who is Bearer [key]? (HTTP 400)' });
  });
});

describe('renewal', () => {
  it('goes on behind the callers, who have the old token meanwhile', async () => {
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

  it('backs off while it is refused, and the old token stays', async () => {
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

describe('a caller that gives up', () => {
  it('takes nobody else along', async () => {
    let answer = (): void => undefined;
    const server = await start(async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return tokenAnswer('token-1');
    });
    const { getToken } = createTokenClient(optionsFor(server));
    const impatient = new AbortController();
    const given = getToken({ signal: impatient.signal });
    const patient = getToken();
    await eventually(
      async () => server.requests.length,
      (count) => count === 1,
    );
    impatient.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    answer();
    expect(await patient).toBe('token-1');
    expect(server.requests).toHaveLength(1);
    await expect(getToken({ signal: impatient.signal })).rejects.toThrow('enough');
  });

  it('may give up between two attempts', async () => {
    const server = await start(() => problemAnswer(503, 'starting', { 'retry-after': '5' }));
    const impatient = new AbortController();
    const given = createTokenClient(optionsFor(server)).getToken({ signal: impatient.signal });
    const aborted = once(impatient.signal, 'abort');
    await eventually(
      async () => server.requests.length,
      (count) => count === 1,
    );
    impatient.abort(new Error('enough'));
    await aborted;
    await expect(given).rejects.toThrow('enough');
  });
});

describe('options', () => {
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
  ])('that can not be used are named: %s', (name, wrong) => {
    const options = { url: 'https://tokens.example', credential: 'aem-dev', auth: { key: KEY }, ...wrong };
    expect(() => createTokenClient(options)).toThrow(TypeError);
    expect(() => createTokenClient(options)).toThrow(name);
    expect(() => createTokenClient(options)).not.toThrow('marked');
  });

  it('take a service that lives below a path', async () => {
    const server = await start(() => tokenAnswer('token-1'));
    await createTokenClient({ ...optionsFor(server), url: `${server.origin}/tokens` }).getToken();
    expect(server.requests).toEqual(['GET /tokens/v1/tokens/aem-dev']);
  });
});
