import { describe, expect, it } from 'vitest';

import { SourceUnavailable, millis } from '#libs/tokens';

import { nameOf } from '../../../../test/support/store-fixtures.ts';
import { SecretsManagerFixture } from '../../../../test/support/credential-sources/secrets-manager-fixture.ts';

const NAME = nameOf('aem-0');

describe('AwsSecretsManagerSource with a secret that can’t be read', () => {
  it.each([
    ['AccessDeniedException', /secretsmanager:GetSecretValue.*kms:Decrypt/],
    ['DecryptionFailure', /KMS key.*kms:Decrypt/],
    ['InvalidRequestException', /marked for deletion/],
    ['InternalServiceError', /next poll/],
    ['SomethingNew', /API reference/],
  ])('reports %s as a problem of that credential, with a remedy', async (code, remedy) => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(3);
    aws.server.refuse('GetSecretValue', code, { secret: 'ims/aem-0' });
    const [refused, ...others] = await aws.source.list();
    expect(refused).toMatchObject({ name: NAME, content: { code: 'credential_unreadable' } });
    expect(refused?.content).toMatchObject({
      diagnosis: expect.stringContaining(`ims/aem-0 can't be read (${code})`),
    });
    expect(refused?.content).toMatchObject({ diagnosis: expect.stringMatching(remedy) });
    expect(others).toMatchObject([{ content: { kind: 'oauth' } }, { content: { kind: 'oauth' } }]);
  });

  it('reads the secret again at each listing until AWS permits it', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(2);
    aws.server.deny('GetSecretValue', { secret: 'ims/aem-0', times: 2 });
    await aws.source.list();
    expect(await aws.listed()).toEqual({ 'aem-0': 'credential_unreadable', 'aem-1': 'aem-1' });
    expect(await aws.listed()).toEqual({ 'aem-0': 'aem-0', 'aem-1': 'aem-1' });
  });

  it('keeps the former document during a transient AWS error', async () => {
    await using aws = await SecretsManagerFixture.make();
    const version = aws.put('aem-0', 'old');
    await aws.source.list();
    aws.put('aem-0', 'new');
    aws.server.refuse('GetSecretValue', 'InternalServiceError', { secret: 'ims/aem-0', times: 1 });
    expect(await aws.source.list()).toMatchObject([{ version, content: { clientId: 'old' } }]);
    expect(await aws.listed()).toEqual({ 'aem-0': 'new' });
  });

  it('reports the same problem for a single read', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(1);
    aws.server.deny('GetSecretValue', { times: 1 });
    expect(await aws.source.read(NAME, 'AWSCURRENT')).toMatchObject({
      stage: 'AWSCURRENT',
      content: { code: 'credential_unreadable' },
    });
    aws.server.fail('GetSecretValue', { times: 1 });
    await expect(aws.source.read(NAME, 'AWSCURRENT')).rejects.toBeInstanceOf(SourceUnavailable);
    expect(await aws.source.read(NAME, 'AWSCURRENT')).toMatchObject({ content: { clientId: 'aem-0' } });
  });
});

describe('AwsSecretsManagerSource without permission for batches', () => {
  it.each(['AccessDeniedException', 'UnknownOperationException'])(
    'reads one by one after %s, and tries a batch again after ten minutes',
    async (code) => {
      await using aws = await SecretsManagerFixture.make();
      aws.putMany(45);
      aws.server.refuse('BatchGetSecretValue', code);
      expect(await aws.source.list()).toHaveLength(45);
      expect(aws.server.calls('GetSecretValue')).toBe(45);
      const batches = aws.server.calls('BatchGetSecretValue');
      expect(batches).toBeLessThanOrEqual(3);
      aws.put('aem-7', 'changed');
      expect((await aws.listed())['aem-7']).toBe('changed');
      expect(aws.server.calls('GetSecretValue')).toBe(46);
      expect(aws.server.calls('BatchGetSecretValue')).toBe(batches);

      aws.server.recover();
      aws.clock.advance(millis(600_000));
      aws.put('aem-7', 'again');
      expect((await aws.listed())['aem-7']).toBe('again');
      expect(aws.server.calls('BatchGetSecretValue')).toBe(batches + 1);
      expect(aws.server.calls('GetSecretValue')).toBe(46);
    },
  );

  it('reports the one secret whose single read AWS denies', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(2);
    aws.server.deny('BatchGetSecretValue');
    aws.server.deny('GetSecretValue', { secret: 'ims/aem-0' });
    expect(await aws.listed()).toEqual({ 'aem-0': 'credential_unreadable', 'aem-1': 'aem-1' });
  });

  it('reads one by one after one secret failed a batch, and in batches again at the next listing', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(2);
    aws.server.refuse('BatchGetSecretValue', 'DecryptionFailure', { times: 1 });
    expect(await aws.source.list()).toHaveLength(2);
    expect(aws.server.calls('GetSecretValue')).toBe(2);
    aws.put('aem-0', 'changed');
    await aws.source.list();
    expect(aws.server.calls('BatchGetSecretValue')).toBe(2);
  });
});
