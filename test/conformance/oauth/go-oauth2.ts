import { ODD_KEY } from '../../support/oauth-callers.ts';
import type { ClientSettings, OAuthClient } from './oauth-client.contract.ts';

/** What Go's `RetrieveError` holds. */
class RetrieveError extends Error {
  readonly errorCode: unknown;

  constructor(errorCode: unknown) {
    super('oauth2: cannot fetch token');
    this.errorCode = errorCode;
  }
}

/** Go's `url.QueryEscape`. */
const queryEscape = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

async function retrieve(settings: ClientSettings, inHeader: boolean, scope: string): Promise<Response> {
  const { origin, id, secret } = settings;
  const pair = `${queryEscape(id)}:${queryEscape(secret)}`;
  const client: Record<string, string> = inHeader ? {} : { client_id: id, client_secret: secret };
  return fetch(`${origin}/oauth/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(inHeader ? { authorization: `Basic ${btoa(pair)}` } : {}),
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, ...client }),
  });
}

/** Reads an answer as strictly as Go's `encoding/json` decodes `tokenJSON`: `expires_in` is an int32. */
async function read(answer: Response): Promise<{ accessToken: string; expiresIn: number }> {
  const text = await answer.text();
  const body = JSON.parse(text) as Record<string, unknown>;
  if (!answer.ok || body['error'] !== undefined) throw new RetrieveError(body['error']);
  const [, expiry = ''] = /"expires_in":([^,}]+)/.exec(text) ?? [];
  if (!/^\d+$/.test(expiry) || Number(expiry) > 2 ** 31 - 1)
    throw new Error(`json: cannot unmarshal ${expiry}`);
  return { accessToken: String(body['access_token']), expiresIn: Number(expiry) };
}

/**
 * Does as golang.org/x/oauth2/clientcredentials does: without a style it tries Basic first and, after any
 * failure, id and secret in the body.
 */
export const goOAuth2: OAuthClient = {
  ways: ['AuthStyleAutoDetect', 'AuthStyleInParams', 'AuthStyleInHeader'],
  oddSecret: ODD_KEY,
  async ask(settings, way, scope) {
    const first = await retrieve(settings, way !== 'AuthStyleInParams', scope);
    if (way !== 'AuthStyleAutoDetect' || first.ok) return read(first);
    return read(await retrieve(settings, false, scope));
  },
  errorOf: (thrown) => (thrown instanceof RetrieveError ? thrown.errorCode : thrown),
};
