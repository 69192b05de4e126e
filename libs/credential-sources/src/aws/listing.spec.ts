import { describe, expect, it, vi } from 'vitest';

import { AwsSecretsManagerSource } from '#libs/credential-sources';

import { makeServiceCredentials } from '../../../../test/support/service-credentials.ts';
import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { ADOBE_ORIGINS } from '../../../../test/support/credential-sources/parse.ts';
import { SecretsManagerFixture } from '../../../../test/support/credential-sources/secrets-manager-fixture.ts';

describe('AwsSecretsManagerSource.list', () => {
  it('lists every page and reads each value once, in batches', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(250);
    expect(await aws.source.list()).toHaveLength(250);
    expect(aws.server.calls('ListSecrets')).toBe(3);
    expect(aws.server.calls('BatchGetSecretValue')).toBe(13);
    expect(new Set(aws.server.valuesRead).size).toBe(250);
    expect(await aws.source.list()).toHaveLength(250);
    expect(aws.server.calls('ListSecrets')).toBe(6);
    expect(aws.server.valuesRead).toHaveLength(250);
    expect(aws.server.calls('GetSecretValue')).toBe(0);
  });

  it('reads a value again only after its version changed', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(30);
    await aws.source.list();
    const version = aws.put('aem-7', 'changed');
    const listing = await aws.source.list();
    expect(listing.find(({ name }) => name === 'aem-7')).toMatchObject({
      version,
      stage: 'AWSCURRENT',
      content: { clientId: 'changed' },
    });
    expect(aws.server.valuesRead.slice(30)).toEqual(['ims/aem-7']);
  });

  it('lists the secrets whose name starts with the exact prefix', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.put('aem-dev');
    for (const name of ['aem-dev', 'IMS/aem-dev', 'x/ims/aem-dev', 'ims-aem-dev'])
      aws.server.put(name, oauthDocument());
    expect(await aws.listed()).toEqual({ 'aem-dev': 'aem-dev' });
  });

  it('lists all secrets when the prefix is empty', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.server.put('aem-dev', oauthDocument());
    const source = new AwsSecretsManagerSource({
      prefix: '',
      allowedOrigins: ADOBE_ORIGINS,
      clock: aws.clock,
      clientConfig: aws.server.clientConfig,
    });
    expect(await source.list()).toMatchObject([{ name: 'aem-dev' }]);
  });

  it('skips a secret with an invalid name, reports it once and never reads it', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.put('aem-dev');
    for (const name of ['AEM Dev'.replace(' ', '_'), 'aem/dev', '']) aws.put(name);
    expect(await aws.listed()).toEqual({ 'aem-dev': 'aem-dev' });
    await aws.source.list();
    expect(aws.skipped.map(({ storedAs }) => storedAs)).toEqual(['ims/AEM_Dev', 'ims/aem/dev', 'ims/']);
    expect(aws.server.valuesRead).toEqual(['ims/aem-dev']);
  });

  it('reads text and binary secrets', async () => {
    await using aws = await SecretsManagerFixture.make();
    const { document } = await makeServiceCredentials({ notBefore: aws.clock.now() });
    aws.server.put('ims/aem-dev', Buffer.from(JSON.stringify(document)));
    aws.server.put('ims/aem-prod', document);
    expect(await aws.source.list()).toMatchObject([
      { name: 'aem-dev', content: { kind: 'jwt' } },
      { name: 'aem-prod', content: { kind: 'jwt' } },
    ]);
  });

  it('reports a broken document as a problem of that credential, and parses it once', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.put('aem-dev');
    aws.server.put('ims/aem-prod', '{ broken');
    const expected = { 'aem-dev': 'aem-dev', 'aem-prod': 'credential_invalid_json' };
    expect(await aws.listed()).toEqual(expected);
    expect(await aws.listed()).toEqual(expected);
    expect(aws.server.valuesRead).toHaveLength(2);
  });

  it('reports a secret without a value as one without a current version', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.server.perform('CreateSecret', { Name: 'ims/aem-dev' });
    expect(await aws.source.list()).toMatchObject([
      {
        version: 'unreadable',
        content: { code: 'credential_unreadable', diagnosis: expect.stringContaining('AWSCURRENT') },
      },
    ]);
    aws.put('aem-dev', 'there');
    expect(await aws.listed()).toEqual({ 'aem-dev': 'there' });
  });

  it('omits a secret while it is marked for deletion', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(2);
    await aws.source.list();
    aws.server.delete('ims/aem-0');
    expect(await aws.listed()).toEqual({ 'aem-1': 'aem-1' });
    aws.server.perform('RestoreSecret', { SecretId: 'ims/aem-0' });
    expect(await aws.listed()).toEqual({ 'aem-0': 'aem-0', 'aem-1': 'aem-1' });
  });

  it('reads every value each time when the listing has no versions', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.server.listings.leaveOutVersions();
    aws.putMany(2);
    await aws.source.list();
    aws.put('aem-0', 'changed');
    expect(await aws.listed()).toEqual({ 'aem-0': 'changed', 'aem-1': 'aem-1' });
    expect(aws.server.valuesRead).toHaveLength(4);
  });

  it('needs no configuration but the SDK’s environment variables', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.put('aem-dev');
    for (const [name, value] of Object.entries(aws.server.env)) vi.stubEnv(name, value);
    try {
      const parts = { prefix: 'ims/', allowedOrigins: ADOBE_ORIGINS, clock: aws.clock };
      expect(await new AwsSecretsManagerSource(parts).list()).toMatchObject([{ name: 'aem-dev' }]);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
