import { afterEach, describe, expect, it, vi } from 'vitest';

import { AwsSecretsManagerSource } from '#libs/credential-sources';
import { millis, SourceUnavailable } from '#libs/tokens';

import { ADOBE_ORIGINS } from './support/parse.ts';
import { SecretsManagerFixture } from './support/secrets-manager-fixture.ts';

/** What people are told of a listing that must fail. */
const reasonOf = async (source: AwsSecretsManagerSource): Promise<string> => {
  const error: unknown = await source.list().catch((caught: unknown) => caught);
  if (!(error instanceof SourceUnavailable)) throw new Error('the listing did not fail as it should');
  expect(error.cause).toBeUndefined();
  return error.message;
};

describe('a listing of secrets', () => {
  it('that is denied on its second page is no listing, and removes nothing', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(250);
    await aws.source.list();
    aws.server.deny('ListSecrets', { after: 1 });
    expect(await reasonOf(aws.source)).toMatch(/AccessDeniedException.*Allow secretsmanager:ListSecrets/);
    aws.server.recover();
    expect(await aws.source.list()).toHaveLength(250);
    expect(aws.server.valuesRead).toHaveLength(250);
  });

  it('that is throttled is tried again by the SDK', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(1);
    aws.server.throttle('ListSecrets', { times: 1 });
    expect(await aws.sourceWith({ maxAttempts: 3 }).list()).toHaveLength(1);
    expect(aws.server.calls('ListSecrets')).toBe(2);
  });

  it('that stays throttled is unavailable', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.server.throttle('ListSecrets');
    expect(await reasonOf(aws.source)).toMatch(/ThrottlingException.*CREDENTIAL_POLL_SECONDS/);
  });

  it('keeps what was read before its values were throttled', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(250);
    aws.server.throttle('BatchGetSecretValue', { after: 5 });
    expect(await reasonOf(aws.source)).toMatch(/BatchGetSecretValue failed \(ThrottlingException\)/);
    const readSoFar = aws.server.valuesRead.length;
    expect(readSoFar).toBe(100);
    aws.server.recover();
    expect(await aws.source.list()).toHaveLength(250);
    expect(aws.server.valuesRead).toHaveLength(250);
  });

  it('ends at its deadline where nothing answers, and works again afterwards', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(1);
    aws.server.hang('ListSecrets');
    const source = aws.sourceWith({}, millis(200));
    expect(await reasonOf(source)).toContain('takes too long to answer');
    aws.server.recover();
    expect(await aws.source.list()).toHaveLength(1);
  });

  it('gives up on a single request that is not answered', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.server.hang('ListSecrets');
    const requestHandler = { requestTimeout: 200, throwOnRequestTimeout: true };
    expect(await reasonOf(aws.sourceWith({ requestHandler }))).toMatch(/\(ETIMEDOUT\).*VPC endpoint/);
  });

  it.each([
    ['InternalServiceError', /AWS itself failed/],
    ['ExpiredTokenException', /expired.*renew AWS_SESSION_TOKEN/],
    ['UnrecognizedClientException', /check the access key/],
    ['RequestTimeTooSkewed', /clock/],
    ['UnknownOperationException', /no AWS Secrets Manager.*AWS_ENDPOINT_URL_SECRETS_MANAGER/],
    ['InvalidNextTokenException', /API reference/],
  ])('that fails with %s says so, and what to do', async (code, remedy) => {
    await using aws = await SecretsManagerFixture.make();
    aws.server.refuse('ListSecrets', code);
    const reason = await reasonOf(aws.source);
    expect(reason).toContain(`ListSecrets failed (${code})`);
    expect(reason).toMatch(remedy);
  });
});

describe('a Secrets Manager that is set up wrongly', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('says that nothing listens at the endpoint', async () => {
    await using aws = await SecretsManagerFixture.make();
    await aws.server.close();
    expect(await reasonOf(aws.source)).toMatch(/\(ECONNREFUSED\).*AWS_ENDPOINT_URL_SECRETS_MANAGER/);
  });

  it.each([
    [
      'key',
      { credentials: { accessKeyId: 'AKIDOTHER', secretAccessKey: 'MARKED' } },
      'UnrecognizedClientException',
    ],
    [
      'secret',
      { credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'MARKED' } },
      'InvalidSignatureException',
    ],
    ['region', { region: 'us-east-1' }, 'InvalidSignatureException'],
  ])('names a wrong %s, and no secret', async (_, clientConfig, code) => {
    await using aws = await SecretsManagerFixture.make();
    const reason = await reasonOf(aws.sourceWith(clientConfig));
    expect(reason).toContain(code);
    expect(reason).toMatch(/access key, AWS_REGION and/);
    expect(reason).not.toContain('MARKED');
  });

  it.each([
    ['AWS_REGION', /Set AWS_REGION/],
    ['AWS_ACCESS_KEY_ID', /CredentialsProviderError.*AWS_PROFILE/],
  ])('asks for %s where it is missing', async (missing, remedy) => {
    await using aws = await SecretsManagerFixture.make();
    const nothing = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    };
    for (const [name, value] of Object.entries({ ...aws.server.env, ...nothing })) vi.stubEnv(name, value);
    vi.stubEnv(missing, undefined);
    const parts = { prefix: 'ims/', allowedOrigins: ADOBE_ORIGINS, clock: aws.clock };
    expect(await reasonOf(new AwsSecretsManagerSource(parts))).toMatch(remedy);
  });

  it('says that the endpoint is no URL', async () => {
    await using aws = await SecretsManagerFixture.make();
    expect(await reasonOf(aws.sourceWith({ endpoint: 'nonsense' }))).toMatch(/must be a URL/);
  });
});
