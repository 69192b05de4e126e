import { describe, expect, it } from 'vitest';

import { AwsSecretsManagerSource, parseSecretNames } from '#libs/credential-sources';

import { ADOBE_ORIGINS } from '../../../../test/support/credential-sources/parse.ts';
import { SecretsManagerFixture } from '../../../../test/support/credential-sources/secrets-manager-fixture.ts';

describe('AwsSecretsManagerSource after a listing that omits a secret', () => {
  it('keeps it while a read by name finds it, with the version of that read', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(2);
    await aws.source.list();
    aws.server.listings.hide('ims/aem-0');
    expect(await aws.listed()).toEqual({ 'aem-0': 'aem-0', 'aem-1': 'aem-1' });
    aws.put('aem-0', 'changed');
    expect(await aws.listed()).toEqual({ 'aem-0': 'changed', 'aem-1': 'aem-1' });
    aws.server.listings.thaw();
    expect(await aws.listed()).toEqual({ 'aem-0': 'changed', 'aem-1': 'aem-1' });
  });

  it('removes it once a read by name finds nothing', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(2);
    await aws.source.list();
    aws.server.delete('ims/aem-0');
    const before = aws.server.valuesRead.length;
    expect(await aws.listed()).toEqual({ 'aem-1': 'aem-1' });
    expect(await aws.listed()).toEqual({ 'aem-1': 'aem-1' });
    expect(aws.server.valuesRead).toHaveLength(before);
  });

  it('removes nothing while the read fails', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(2);
    await aws.source.list();
    aws.server.listings.hide('ims/aem-0');
    aws.server.refuse('GetSecretValue', 'InternalServiceError', { secret: 'ims/aem-0' });
    expect(await aws.listed()).toEqual({ 'aem-0': 'aem-0', 'aem-1': 'aem-1' });
  });
});

describe('AwsSecretsManagerSource without credentials', () => {
  it('tells region and prefix once per change', async () => {
    await using aws = await SecretsManagerFixture.make();
    await aws.source.list();
    await aws.source.list();
    expect(aws.empty).toEqual([expect.stringMatching(/^No secret in eu-central-1 starts with ims\/\./)]);
    aws.put('NOT A NAME'.replaceAll(' ', '_'));
    await aws.source.list();
    expect(aws.empty.slice(1)).toEqual([expect.stringMatching(/skipped "ims\/[^"]+"\. Check/)]);
    aws.put('aem-dev');
    await aws.source.list();
    expect(aws.empty).toHaveLength(2);
  });
});

describe('AwsSecretsManagerSource with named secrets', () => {
  it('reads them by name or ARN and never lists', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(3);
    aws.server.put('elsewhere/qa', { accessToken: 'x' });
    const arn = String(aws.server.perform('DescribeSecret', { SecretId: 'ims/aem-1' })['ARN']);
    const source = new AwsSecretsManagerSource({
      prefix: 'ims/',
      secretNames: parseSecretNames(`ims/aem-0, ${arn},elsewhere/qa,ims/gone`),
      allowedOrigins: ADOBE_ORIGINS,
      clock: aws.clock,
      clientConfig: aws.server.clientConfig,
    });
    const expected = {
      'aem-0': 'aem-0',
      'aem-1': 'aem-1',
      qa: 'credential_invalid_field',
      gone: 'credential_unreadable',
    };
    expect(await aws.listed(source)).toEqual(expected);
    aws.put('aem-1', 'changed');
    expect(await aws.listed(source)).toEqual({ ...expected, 'aem-1': 'changed' });
    aws.server.delete('ims/aem-0');
    const { qa, gone } = expected;
    expect(await aws.listed(source)).toEqual({ 'aem-1': 'changed', qa, gone });
    expect(aws.server.calls('ListSecrets')).toBe(0);
  });

  it.each(['', 'ims/', 'ims/UPPER CASE', 'ims/a,ims/a', 'a/x,b/x', 'arn:aws:s3:::bucket', 'ims/a,,ims/b'])(
    'refuses the list %j',
    (text) => {
      expect(() => parseSecretNames(text)).toThrow(/entry \d/);
    },
  );
});
