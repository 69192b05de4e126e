import { describe, expect, it } from 'vitest';

import { retryAfter, sendRequest } from './send-request.ts';

const URL_OF_TOKEN = 'https://tokens.example/v1/tokens/aem-dev';
const signal = AbortSignal.timeout(60_000);

/** A `fetch` that records its calls and returns one response. */
function recordingFetch(response: Response) {
  const calls: { readonly url: unknown; readonly init: RequestInit | undefined }[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    calls.push({ url, init });
    return response;
  };
  return { calls, fetch };
}

describe('sendRequest', () => {
  it('sends a GET with the bearer token, and follows no redirect', async () => {
    const { calls, fetch } = recordingFetch(new Response('{}'));
    await sendRequest({ url: URL_OF_TOKEN, callerToken: 'key', signal, fetch });
    expect(calls).toEqual([
      {
        url: URL_OF_TOKEN,
        init: {
          method: 'GET',
          headers: { authorization: 'Bearer key', accept: 'application/json' },
          redirect: 'manual',
          signal,
        },
      },
    ]);
  });

  it('sends a JSON body with POST', async () => {
    const { calls, fetch } = recordingFetch(new Response('{}'));
    await sendRequest({ url: URL_OF_TOKEN, callerToken: 'key', body: '{"a":1}', signal, fetch });
    expect(calls[0]?.init).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });
  });

  it('sends If-None-Match', async () => {
    const { calls, fetch } = recordingFetch(new Response(null, { status: 304 }));
    await sendRequest({ url: URL_OF_TOKEN, callerToken: 'key', ifNoneMatch: 'W/"a"', signal, fetch });
    expect(calls[0]?.init?.headers).toMatchObject({ 'if-none-match': 'W/"a"' });
  });

  it('returns a response of any status', async () => {
    const { fetch } = recordingFetch(new Response('No.', { status: 503, headers: { 'retry-after': '7' } }));
    const response = await sendRequest({ url: URL_OF_TOKEN, callerToken: 'key', signal, fetch });
    expect(response).toMatchObject({ status: 503, body: 'No.' });
    expect(retryAfter(response.headers)).toBe(7);
  });

  it('throws the error of fetch', async () => {
    const failure = new TypeError('fetch failed');
    const fetch = (): Promise<Response> => Promise.reject(failure);
    await expect(sendRequest({ url: URL_OF_TOKEN, callerToken: 'key', signal, fetch })).rejects.toBe(failure);
  });
});

describe('retryAfter', () => {
  it.each([
    ['600', 600],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    ['-1', null],
    ['1234567', null],
  ])('reads %s as %s', (value, seconds) => {
    expect(retryAfter(new Headers({ 'retry-after': value }))).toBe(seconds);
  });
});
