import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { tlsPair } from '../ims-sandbox/support/tls-pair.ts';
import { json, serve } from '../support/adobe-ims/server.ts';
import { ConnectProxy } from '../support/credential-sources/connect-proxy.ts';
import {
  awsEnvironment,
  CredentialEndpoint,
  stsCredentials,
} from '../support/credential-sources/credential-endpoints.ts';
import { oauthDocument } from '../support/credential-sources/oauth-document.ts';
import { TemporaryFolder } from '../support/credential-sources/temporary-folder.ts';
import { eventually } from '../support/eventually.ts';
import { OidcIssuer } from '../support/oidc-issuer.ts';
import { SecretsManager } from '../support/secrets-manager/secrets-manager.ts';
import { ServiceProcess } from '../support/service-process.ts';

const [IMS, STS, SECRETS, ISSUER] = [
  'ims.example',
  'sts.example',
  'secretsmanager.example',
  'issuer.example',
];

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
const disposed = <T extends AsyncDisposable>(resource: T): T => {
  cleanups.push(() => Promise.resolve(resource[Symbol.asyncDispose]()));
  return resource;
};

/** IMS, STS, Secrets Manager and an issuer over TLS, which only the proxy can reach by these names. */
async function openWorld() {
  const proxy = disposed(await ConnectProxy.start());
  const folder = disposed(await TemporaryFolder.make());
  const [aws, issuer] = [await SecretsManager.start(), await OidcIssuer.start()];
  cleanups.push(
    () => aws.close(),
    () => issuer.close(),
  );
  const ims = await serve(
    json(200, { access_token: 'eyJ.x.y', expires_in: 86_399_999, token_type: 'bearer' }),
  );
  const { AWS_ACCESS_KEY_ID: id = '', AWS_SECRET_ACCESS_KEY: key = '' } = aws.env;
  const sts = disposed(await CredentialEndpoint.start(() => stsCredentials(id, key)));
  const pair = await tlsPair([IMS, STS, SECRETS, ISSUER]);
  await proxy.lead(IMS, ims.origin, pair);
  await proxy.lead(STS, sts.origin, pair);
  await proxy.lead(SECRETS, aws.endpoint, pair);
  const issuerPort = await proxy.lead(ISSUER, issuer.issuer, pair);
  aws.put('ims/aem-dev', oauthDocument({ imsEndpoint: IMS }));
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder.path, name), text);
    return join(folder.path, name);
  };
  const env = awsEnvironment({
    NODE_EXTRA_CA_CERTS: await write('ca.pem', pair.cert),
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/ims',
    AWS_WEB_IDENTITY_TOKEN_FILE: await write('token', 'a.b.c'),
    AWS_ENDPOINT_URL_STS: `https://${STS}`,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `https://${SECRETS}`,
    CREDENTIAL_SOURCE: 'aws-secrets-manager',
    IMS_ALLOWED_ORIGINS: `https://${IMS}`,
    LOG_FORMAT: 'json',
  });
  /** Starts the service with a caller of this issuer. */
  const start = async (issuerUrl: string, settings: Record<string, string>) => {
    issuer.discovery = { issuer: issuerUrl, jwks_uri: `${issuerUrl}/keys` };
    const jwt = `{ issuer: "${issuerUrl}", audience: ims-tokens, subject: "system:serviceaccount:web:publisher" }`;
    const callers = `callers: [{ name: publisher, jwt: ${jwt}, tokens: ["*"] }]\n`;
    const service = await ServiceProcess.start({
      ...env,
      ...settings,
      CALLERS_FILE: await write('callers.yaml', callers),
    });
    cleanups.push(() => service.stop());
    const authorization = `Bearer ${await issuer.token({ claims: { iss: issuerUrl } })}`;
    return () => fetch(`${service.origin}/v1/tokens/aem-dev`, { headers: { authorization } });
  };
  return { proxy, issuerPort, start };
}

const answered = (get: () => Promise<Response>): Promise<Response> =>
  eventually(get, ({ status }) => status === 200);

describe('the service behind a proxy', () => {
  it.each([
    ['HTTPS_PROXY', {}],
    ['https_proxy', {}],
    ['HTTPS_PROXY with NODE_USE_ENV_PROXY', { NODE_USE_ENV_PROXY: '1' }],
  ])('reaches IMS, STS, Secrets Manager and the issuer through %s', async (variable, settings) => {
    const { proxy, start } = await openWorld();
    const name = variable.split(' ')[0] ?? '';
    const get = await start(`https://${ISSUER}`, { ...settings, [name]: proxy.url });
    expect(await (await answered(get)).json()).toMatchObject({ access_token: 'eyJ.x.y' });
    expect(new Set(proxy.tunnels)).toEqual(new Set([IMS, STS, SECRETS, ISSUER].map((host) => `${host}:443`)));
  });

  it.each([[{}], [{ NODE_USE_ENV_PROXY: '1' }]])(
    'goes directly to the issuer in NO_PROXY, with %j',
    async (settings) => {
      const { proxy, issuerPort, start } = await openWorld();
      const get = await start(`https://localhost:${issuerPort}`, {
        ...settings,
        HTTPS_PROXY: proxy.url,
        NO_PROXY: 'localhost,.internal',
      });
      await answered(get);
      expect(new Set(proxy.tunnels)).toEqual(new Set([IMS, STS, SECRETS].map((host) => `${host}:443`)));
    },
  );
});
