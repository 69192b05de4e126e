import { describe, expect, it } from 'vitest';

import { tlsPair } from '../ims-sandbox/support/tls-pair.ts';
import { json, serve } from '../support/adobe-ims/server.ts';
import { ConnectProxy } from '../support/credential-sources/connect-proxy.ts';
import {
  awsEnvironment,
  CredentialEndpoint,
  stsCredentials,
} from '../support/credential-sources/credential-endpoints.ts';
import { oauthDocument } from '../support/credential-sources/oauth-document.ts';
import { SecretsManager } from '../support/secrets-manager/secrets-manager.ts';
import { useFolder } from './support/folder.ts';
import { ImsToken } from './support/ims-token.ts';

const [IMS, STS, SECRETS] = ['ims.example', 'sts.example', 'secretsmanager.example'];
const cli = new ImsToken();
const folder = useFolder();

/** IMS, STS and Secrets Manager over TLS behind a proxy, and the environment that uses them. */
async function world(proxy: ConnectProxy, aws: SecretsManager, sts: CredentialEndpoint) {
  const ims = await serve(
    json(200, { access_token: 'eyJ.x.y', expires_in: 86_399_999, token_type: 'bearer' }),
  );
  const pair = await tlsPair([IMS, STS, SECRETS]);
  const imsPort = await proxy.lead(IMS, ims.origin, pair);
  await proxy.lead(STS, sts.origin, pair);
  await proxy.lead(SECRETS, aws.endpoint, pair);
  const env = awsEnvironment({
    NODE_EXTRA_CA_CERTS: await folder.write('ca.pem', pair.cert),
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/ims',
    AWS_WEB_IDENTITY_TOKEN_FILE: await folder.write('token', 'a.b.c'),
    AWS_ENDPOINT_URL_STS: `https://${STS}`,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `https://${SECRETS}`,
  });
  return { env, ims, imsPort };
}

const issueKeys = (aws: SecretsManager) => {
  const { AWS_ACCESS_KEY_ID: id = '', AWS_SECRET_ACCESS_KEY: key = '' } = aws.env;
  return CredentialEndpoint.start(() => stsCredentials(id, key));
};

const put = (file: string, imsOrigin: string): string[] => [
  'put',
  'aem-dev',
  file,
  '--exchange',
  '--allowed-origins',
  imsOrigin,
];

describe('ims-token behind a proxy', () => {
  it.each(['HTTPS_PROXY', 'https_proxy'])(
    'reaches IMS, STS and Secrets Manager through %s',
    async (variable) => {
      await using proxy = await ConnectProxy.start();
      const aws = await SecretsManager.start();
      await using sts = await issueKeys(aws);
      const { env, ims } = await world(proxy, aws, sts);
      const file = await folder.write('oauth.json', oauthDocument({ imsEndpoint: IMS }));
      const ended = await cli.run(put(file, `https://${IMS}`), { env: { ...env, [variable]: proxy.url } });
      expect(ended).toMatchObject({ code: 0 });
      expect(ims.received).toHaveLength(1);
      expect(aws.calls('CreateSecret')).toBe(1);
      expect(new Set(proxy.tunnels)).toEqual(new Set([`${IMS}:443`, `${STS}:443`, `${SECRETS}:443`]));
      await aws.close();
    },
  );

  it('goes directly to the hosts in NO_PROXY', async () => {
    await using proxy = await ConnectProxy.start();
    const aws = await SecretsManager.start();
    await using sts = await issueKeys(aws);
    const { env, imsPort } = await world(proxy, aws, sts);
    const origin = `https://localhost:${imsPort}`;
    const file = await folder.write('oauth.json', oauthDocument({ imsEndpoint: origin }));
    const ended = await cli.run(put(file, origin), {
      env: { ...env, HTTPS_PROXY: proxy.url, NO_PROXY: 'localhost' },
    });
    expect(ended).toMatchObject({ code: 0 });
    expect(new Set(proxy.tunnels)).toEqual(new Set([`${STS}:443`, `${SECRETS}:443`]));
    await aws.close();
  });
});

describe('ims-token without AWS credentials', () => {
  it('names the provider and the remedy, with an exit code for each', async () => {
    const file = await folder.write('oauth.json', oauthDocument());
    const unknown = awsEnvironment({ AWS_PROFILE: 'gone' });
    const { code, answer } = await cli.json(['put', 'aem-dev', file], { env: unknown });
    expect(code).toBe(2);
    expect(JSON.stringify(answer)).toMatch(/aws_credentials.*the profile gone.*unknown profile/);
  });
});
