import { ClientCredentials, type ModuleOptions } from 'simple-oauth2';

import { ODD_ASCII_KEY } from '../../support/oauth-callers.ts';
import type { ClientSettings, KeepingOAuthClient } from './oauth-client.contract.ts';

const WAYS: Record<string, NonNullable<ModuleOptions['options']>> = {
  'header, strict': { authorizationMethod: 'header', credentialsEncodingMode: 'strict' },
  'header, loose': { authorizationMethod: 'header', credentialsEncodingMode: 'loose' },
  body: { authorizationMethod: 'body' },
};

const create = ({ origin, id, secret }: ClientSettings, way: string): ClientCredentials =>
  new ClientCredentials({
    client: { id, secret },
    auth: { tokenHost: origin },
    options: WAYS[way] ?? {},
  });

/** https://github.com/lelylan/simple-oauth2, which looks at `/oauth/token` unless told otherwise. */
export const simpleOAuth2: KeepingOAuthClient = {
  ways: Object.keys(WAYS),
  oddSecret: ODD_ASCII_KEY,
  async ask(settings, way, scope) {
    const { token } = await create(settings, way).getToken({ scope });
    const expiresIn = (Number(token['expires_at']) - Date.now()) / 1000;
    return { accessToken: String(token['access_token']), expiresIn };
  },
  async keep(settings, scope) {
    const client = create(settings, 'header, strict');
    let kept = await client.getToken({ scope });
    return async () => {
      if (kept.expired()) kept = await client.getToken({ scope });
      return String(kept.token['access_token']);
    };
  },
  errorOf: (thrown) =>
    (thrown as { data?: { payload?: { error?: unknown } } }).data?.payload?.error ?? thrown,
};
