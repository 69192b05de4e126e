import { describe, expect, it } from 'vitest';

import { SourceUnavailable, millis } from '#libs/tokens';

import { nameOf } from '../support/store-fixtures.ts';
import { SecretsManagerFixture } from './support/secrets-manager-fixture.ts';

const NAME = nameOf('aem-0');

describe('a secret that can’t be read', () => {
  it.each([
    ['AccessDeniedException', /secretsmanager:GetSecretValue.*kms:Decrypt/],
    ['DecryptionFailure', /KMS key.*kms:Decrypt/],
    ['InvalidRequestException', /marked for deletion/],
    ['InternalServiceError', /next look/],
    ['SomethingNew', /API reference/],
  ])('for %s is a problem of its own that says what to do', async (code, remedy) => {
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

  it('is read again at every look until it can be', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(2);
    aws.server.deny('GetSecretValue', { secret: 'ims/aem-0', times: 2 });
    await aws.source.list();
    expect(await aws.listed()).toEqual({ 'aem-0': 'credential_unreadable', 'aem-1': 'aem-1' });
    expect(await aws.listed()).toEqual({ 'aem-0': 'aem-0', 'aem-1': 'aem-1' });
  });

  it('because AWS fails at it for the moment stays as it was', async () => {
    await using aws = await SecretsManagerFixture.make();
    const version = aws.put('aem-0', 'old');
    await aws.source.list();
    aws.put('aem-0', 'new');
    aws.server.refuse('GetSecretValue', 'InternalServiceError', { secret: 'ims/aem-0', times: 1 });
    expect(await aws.source.list()).toMatchObject([{ version, content: { clientId: 'old' } }]);
    expect(await aws.listed()).toEqual({ 'aem-0': 'new' });
  });

  it('says so too when it is asked for by itself', async () => {
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

describe('secrets that may not be read in batches', () => {
  it.each(['AccessDeniedException', 'UnknownOperationException'])(
    'are read one by one after %s, and the batch is tried again only after ten minutes',
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

  it('are unreadable one by one where each is denied', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(2);
    aws.server.deny('BatchGetSecretValue');
    aws.server.deny('GetSecretValue', { secret: 'ims/aem-0' });
    expect(await aws.listed()).toEqual({ 'aem-0': 'credential_unreadable', 'aem-1': 'aem-1' });
  });

  it('are read one by one where one of them spoils the batch, and in batches again at the next look', async () => {
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
