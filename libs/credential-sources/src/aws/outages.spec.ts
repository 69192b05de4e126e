import { afterEach, describe, expect, it, vi } from 'vitest';

import { AwsSecretsManagerSource } from '#libs/credential-sources';
import { millis, SourceUnavailable } from '#libs/tokens';

import { ADOBE_ORIGINS } from '../../../../test/support/credential-sources/parse.ts';
import { SecretsManagerFixture } from '../../../../test/support/credential-sources/secrets-manager-fixture.ts';

/** The message of a listing that must fail. */
const reasonOf = async (source: AwsSecretsManagerSource): Promise<string> => {
  const error: unknown = await source.list().catch((caught: unknown) => caught);
  if (!(error instanceof SourceUnavailable))
    throw new Error('The listing did not fail with SourceUnavailable.');
  expect(error.cause).toBeUndefined();
  return error.message;
};

describe('AwsSecretsManagerSource.list during an outage', () => {
  it('fails when AWS denies the second page, and removes nothing', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(250);
    await aws.source.list();
    aws.server.deny('ListSecrets', { after: 1 });
    expect(await reasonOf(aws.source)).toMatch(/AccessDeniedException.*Allow secretsmanager:ListSecrets/);
    aws.server.recover();
    expect(await aws.source.list()).toHaveLength(250);
    expect(aws.server.valuesRead).toHaveLength(250);
  });

  it('succeeds after the SDK retried a throttled request', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(1);
    aws.server.throttle('ListSecrets', { times: 1 });
    expect(await aws.sourceWith({ maxAttempts: 3 }).list()).toHaveLength(1);
    expect(aws.server.calls('ListSecrets')).toBe(2);
  });

  it('is unavailable while AWS throttles every request', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.server.throttle('ListSecrets');
    expect(await reasonOf(aws.source)).toMatch(/ThrottlingException.*CREDENTIAL_POLL_SECONDS/);
  });

  it('keeps the values that it read before AWS throttled the others', async () => {
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

  it('ends at its deadline without an answer, and works again afterwards', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(1);
    aws.server.hang('ListSecrets');
    const source = aws.sourceWith({}, millis(200));
    expect(await reasonOf(source)).toContain('takes too long to answer');
    aws.server.recover();
    expect(await aws.source.list()).toHaveLength(1);
  });

  it('ends a single request that AWS does not answer', async () => {
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
  ])('names the error %s and its remedy', async (code, remedy) => {
    await using aws = await SecretsManagerFixture.make();
    aws.server.refuse('ListSecrets', code);
    const reason = await reasonOf(aws.source);
    expect(reason).toContain(`ListSecrets failed (${code})`);
    expect(reason).toMatch(remedy);
  });
});

describe('AwsSecretsManagerSource with a wrong configuration', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('reports that no server listens at the endpoint', async () => {
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
  ])('reports a wrong %s without quoting a secret', async (_, clientConfig, code) => {
    await using aws = await SecretsManagerFixture.make();
    const reason = await reasonOf(aws.sourceWith(clientConfig));
    expect(reason).toContain(code);
    expect(reason).toMatch(/access key, AWS_REGION and/);
    expect(reason).not.toContain('MARKED');
  });

  it.each([
    ['AWS_REGION', /Set AWS_REGION/],
    ['AWS_ACCESS_KEY_ID', /none configured.*AWS_PROFILE/],
  ])('asks for %s when it is missing', async (missing, remedy) => {
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

  it('reports an endpoint that is not a URL', async () => {
    await using aws = await SecretsManagerFixture.make();
    expect(await reasonOf(aws.sourceWith({ endpoint: 'nonsense' }))).toMatch(/must be a URL/);
  });
});
