import { OAuth2Client, OAuth2Fetch, OAuth2HttpError } from '@badgateway/oauth2-client';

import { ODD_KEY } from '../../support/oauth-callers.ts';
import type { ClientSettings, KeepingOAuthClient } from './oauth-client.contract.ts';

/** What the metadata recommend, where nothing else is said. */
const BY_METADATA = 'what the metadata say';
const WAYS = ['client_secret_basic', 'client_secret_basic_interop', 'client_secret_post'] as const;

const create = ({ origin, id, secret }: ClientSettings, way?: (typeof WAYS)[number]): OAuth2Client =>
  new OAuth2Client({
    server: origin,
    clientId: id,
    clientSecret: secret,
    ...(way === undefined ? {} : { authenticationMethod: way }),
  });

/** https://github.com/badgateway/oauth2-client, led to the token endpoint by the metadata. */
export const badgateway: KeepingOAuthClient = {
  ways: [BY_METADATA, ...WAYS],
  oddSecret: ODD_KEY,
  async ask(settings, way, scope) {
    const client = create(
      settings,
      WAYS.find((known) => known === way),
    );
    const { accessToken, expiresAt } = await client.clientCredentials({ scope: scope.split(' ') });
    return { accessToken, expiresIn: ((expiresAt ?? Number.NaN) - Date.now()) / 1000 };
  },
  async keep(settings, scope) {
    const client = create(settings);
    const kept = new OAuth2Fetch({
      client,
      getNewToken: () => client.clientCredentials({ scope: [scope] }),
    });
    return () => kept.getAccessToken();
  },
  errorOf: (thrown) => (thrown instanceof OAuth2HttpError ? thrown.oauth2Code : thrown),
};
