import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AwsSecretsManagerSource } from '#libs/credential-sources';
import { SourceUnavailable } from '#libs/tokens';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ManualClock } from '../../../../../test/fakes/manual-clock.ts';
import {
  awsEnvironment,
  CredentialEndpoint,
  stsError,
} from '../../../../../test/support/credential-sources/credential-endpoints.ts';
import { startGateway } from '../../../../../test/support/credential-sources/gateway.ts';
import { ADOBE_ORIGINS } from '../../../../../test/support/credential-sources/parse.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aws-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** The message of the failure of a listing in a process with these AWS settings only. */
async function failureWith(settings: Readonly<Record<string, string>>): Promise<string> {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(awsEnvironment(settings))) vi.stubEnv(name, value);
  const source = new AwsSecretsManagerSource({
    prefix: 'ims/',
    allowedOrigins: ADOBE_ORIGINS,
    clock: new ManualClock(),
  });
  const error: unknown = await source.list().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SourceUnavailable);
  const { message } = error as SourceUnavailable;
  expect(message).not.toMatch(/MARKED|eyJ|secretsmanager:ListSecrets/);
  return message;
}

const webIdentity = async (sts: string) => ({
  AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/ims',
  AWS_WEB_IDENTITY_TOKEN_FILE: await file('token', 'eyJhbGciOi.MARKED.x'),
  AWS_ENDPOINT_URL_STS: sts,
});

describe('AwsSecretsManagerSource with a web identity', () => {
  it.each([
    ['AccessDenied', 403, /sts:AssumeRoleWithWebIdentity failed \(AccessDenied.*trust policy.*`sub`.*`aud`/],
    ['InvalidIdentityToken', 400, /\(InvalidIdentityToken.*OIDC provider/],
    ['ExpiredTokenException', 400, /AWS_WEB_IDENTITY_TOKEN_FILE has expired/],
    ['RegionDisabledException', 403, /STS is not active in this region/],
    ['IDPCommunicationError', 400, /could not reach the OIDC provider/],
    ['IDPRejectedClaim', 403, /refuses the token/],
    ['ValidationError', 400, /ARN of the role/],
    ['Throttling', 400, /STS throttles/],
    ['InternalFailure', 500, /STS itself failed/],
    ['SomethingNew', 400, /STS API reference/],
  ])('explains %s of STS', async (code, status, remedy) => {
    await using sts = await CredentialEndpoint.start(() => stsError(code, status));
    const message = await failureWith(await webIdentity(sts.origin));
    expect(message).toContain('the web identity of AWS_ROLE_ARN');
    expect(message).toMatch(remedy);
  });

  it('reads 4 MiB of an endless answer of STS', async () => {
    await using sts = await startGateway((_, response) => {
      const send = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', send);
      send();
    });
    expect(await failureWith(await webIdentity(sts.endpoint))).toContain('(AnswerTooLarge)');
  });

  it('explains an STS that cannot be reached', async () => {
    const message = await failureWith(await webIdentity('http://127.0.0.1:9'));
    expect(message).toMatch(/sts:AssumeRoleWithWebIdentity failed \(ECONNREFUSED\).*VPC endpoint for STS/);
  });

  it('explains a token file that is missing', async () => {
    const settings = {
      ...(await webIdentity('http://127.0.0.1:9')),
      AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere',
    };
    expect(await failureWith(settings)).toMatch(/AWS_WEB_IDENTITY_TOKEN_FILE failed \(ENOENT\).*mounted/);
  });
});

const profile = async (config: string, name = 'work') => ({
  AWS_PROFILE: name,
  AWS_CONFIG_FILE: await file(`config`, config),
});

describe('AwsSecretsManagerSource with a profile', () => {
  it('explains a role that STS denies to the source profile', async () => {
    await using sts = await CredentialEndpoint.start(() => stsError('AccessDenied'));
    const config = [
      '[profile base]',
      'aws_access_key_id = AKID',
      'aws_secret_access_key = MARKED',
      '[profile work]',
      'role_arn = arn:aws:iam::123456789012:role/ims',
      'source_profile = base',
    ];
    const settings = { ...(await profile(config.join('\n'))), AWS_ENDPOINT_URL_STS: sts.origin };
    expect(await failureWith(settings)).toMatch(
      /from the profile work: sts:AssumeRole failed \(AccessDenied.*trust policy/,
    );
  });

  it.each([
    ['an unknown profile', '[profile other]\nregion = x', /the profile work: .*unknown profile.*AWS_PROFILE/],
    [
      'a profile without credentials',
      '[profile work]\nregion = eu-central-1',
      /\(incomplete\).*source_profile/,
    ],
    [
      'a source profile that is missing',
      '[profile work]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = gone',
      /\(incomplete\).*source_profile/,
    ],
    [
      'a command that fails',
      '[profile work]\ncredential_process = sh -c "echo MARKED >&2; exit 3"',
      /credential_process/,
    ],
    [
      'a command that prints no JSON',
      '[profile work]\ncredential_process = echo MARKED',
      /credential_process/,
    ],
    [
      'an SSO session that was never opened',
      '[profile work]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-central-1\n' +
        'sso_account_id = 123456789012\nsso_role_name = r',
      /SSO session failed.*aws sso login --profile work/,
    ],
    [
      'an SSO session by name that was never opened',
      '[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-central-1\n' +
        '[profile work]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r',
      /SSO session failed.*aws sso login --profile work/,
    ],
    [
      'a role that wants a second factor',
      '[profile base]\naws_access_key_id = AKID\naws_secret_access_key = MARKED\n[profile work]\n' +
        'role_arn = arn:aws:iam::1:role/x\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me',
      /second factor/,
    ],
    [
      'a web identity whose token file is missing',
      '[profile work]\nrole_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = /nowhere',
      /web_identity_token_file failed \(ENOENT\)/,
    ],
  ])('explains %s', async (_, config, remedy) => {
    expect(await failureWith(await profile(config))).toMatch(remedy);
  });
});

describe('AwsSecretsManagerSource in a container', () => {
  it.each([
    [400, /HTTP 400.*pod identity association.*pods\.eks\.amazonaws\.com/],
    [403, /HTTP 403.*pod identity association/],
    [500, /HTTP 500/],
  ])('explains HTTP %d of the Pod Identity agent', async (status, remedy) => {
    const body = JSON.stringify({ Code: 'MARKED', Message: 'MARKED' });
    await using agent = await CredentialEndpoint.start(() => ({ status, body }));
    const message = await failureWith({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${agent.origin}/v1/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: await file('agent-token', 'MARKED'),
    });
    expect(message).toContain('the EKS Pod Identity agent');
    expect(message).toMatch(remedy);
  });

  it('explains an endpoint of ECS that refuses, and one that is silent', async () => {
    await using agent = await CredentialEndpoint.start(() => ({ status: 404 }));
    const uri = `${agent.origin}/role`;
    expect(await failureWith({ AWS_CONTAINER_CREDENTIALS_FULL_URI: uri })).toMatch(/HTTP 404.*taskRoleArn/);
    expect(await failureWith({ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:9/' })).toMatch(
      /container credentials endpoint.*ECONNREFUSED/,
    );
  });
});

describe('AwsSecretsManagerSource on an instance', () => {
  const imds = { AWS_EC2_METADATA_DISABLED: 'false' };

  it.each([
    ['without a role', 404, /HTTP 404.*attach an instance profile/],
    ['that refuses', 403, /HTTP 403.*hop limit/],
  ])('explains a metadata service %s', async (_, status, remedy) => {
    await using service = await CredentialEndpoint.start(({ method }) =>
      method === 'PUT' && status === 404 ? { status: 200, body: 'token' } : { status },
    );
    expect(await failureWith({ ...imds, AWS_EC2_METADATA_SERVICE_ENDPOINT: service.origin })).toMatch(remedy);
  });

  it('explains a silent metadata service by its hop limit', async () => {
    await using service = await CredentialEndpoint.start(() => 'hang');
    expect(await failureWith({ ...imds, AWS_EC2_METADATA_SERVICE_ENDPOINT: service.origin })).toMatch(
      /no answer.*hop limit of IMDSv2 to 2/,
    );
  });

  it('names what can be configured when nothing is', async () => {
    expect(await failureWith({})).toMatch(/none configured.*AWS_PROFILE/);
  });
});
