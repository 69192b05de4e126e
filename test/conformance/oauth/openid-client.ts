import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrant,
  discovery,
  type Configuration,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';

import { ODD_KEY } from '../../support/oauth-callers.ts';
import type { ClientSettings, KeepingOAuthClient } from './oauth-client.contract.ts';

const WAYS = { client_secret_basic: ClientSecretBasic, client_secret_post: ClientSecretPost };

const discover = ({ origin, id, secret }: ClientSettings, way: keyof typeof WAYS): Promise<Configuration> =>
  discovery(new URL(origin), id, undefined, WAYS[way](secret), {
    algorithm: 'oauth2',
    execute: [allowInsecureRequests],
  });

/** https://github.com/panva/openid-client, led to the token endpoint by the metadata. */
export const openidClient: KeepingOAuthClient = {
  ways: Object.keys(WAYS),
  oddSecret: ODD_KEY,
  async ask(settings, way, scope) {
    const config = await discover(settings, way as keyof typeof WAYS);
    const token = await clientCredentialsGrant(config, { scope });
    return { accessToken: token.access_token, expiresIn: token.expiresIn() ?? Number.NaN };
  },
  async keep(settings, scope) {
    const config = await discover(settings, 'client_secret_basic');
    let token = await clientCredentialsGrant(config, { scope });
    return async () => {
      if (token.expiresIn() === 0) token = await clientCredentialsGrant(config, { scope });
      return token.access_token;
    };
  },
  errorOf(thrown) {
    if (thrown instanceof ResponseBodyError) return thrown.error;
    // The library reads the challenge before the body: a Basic challenge is the answer to an unknown client.
    return thrown instanceof WWWAuthenticateChallengeError &&
      thrown.status === 401 &&
      thrown.cause[0]?.scheme === 'basic' &&
      thrown.cause[0].parameters.realm === 'ims-token-service'
      ? 'invalid_client'
      : thrown;
  },
};
