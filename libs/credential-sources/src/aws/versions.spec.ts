import { describe, expect, it } from 'vitest';

import { nameOf } from '../../../../test/support/store-fixtures.ts';
import { SecretsManagerFixture } from '../../../../test/support/credential-sources/secrets-manager-fixture.ts';

const NAME = nameOf('aem-dev');

describe('AwsSecretsManagerSource during a rotation', () => {
  it('lists the pending version without reading it, and reads it on request', async () => {
    await using aws = await SecretsManagerFixture.make();
    const current = aws.put('aem-dev', 'old');
    const pending = aws.put('aem-dev', 'new', 'AWSPENDING');
    expect(await aws.source.list()).toMatchObject([
      { version: current, content: { clientId: 'old' }, otherVersions: { pending, previous: null } },
    ]);
    expect(aws.server.valuesRead).toHaveLength(1);
    expect(await aws.source.read(NAME, 'AWSPENDING')).toMatchObject({
      name: NAME,
      version: pending,
      stage: 'AWSPENDING',
      content: { clientId: 'new' },
    });
    expect(await aws.listed()).toEqual({ 'aem-dev': 'old' });
  });

  it('lists the new version after AWSCURRENT moved, with the old one as the previous', async () => {
    await using aws = await SecretsManagerFixture.make();
    const old = aws.put('aem-dev', 'old');
    const version = aws.put('aem-dev', 'new', 'AWSPENDING');
    await aws.source.list();
    aws.server.promote('ims/aem-dev', version);
    expect(await aws.source.list()).toMatchObject([
      {
        version,
        stage: 'AWSCURRENT',
        content: { clientId: 'new' },
        // The version still has the label AWSPENDING, as after AWS's own rotations.
        otherVersions: { pending: null, previous: old },
      },
    ]);
    expect(await aws.source.read(NAME, 'AWSPREVIOUS')).toMatchObject({
      version: old,
      stage: 'AWSPREVIOUS',
      content: { clientId: 'old' },
    });
  });

  it('lists the old version again after AWSCURRENT moved back', async () => {
    await using aws = await SecretsManagerFixture.make();
    const old = aws.put('aem-dev', 'old');
    const version = aws.put('aem-dev', 'new');
    await aws.source.list();
    aws.server.promote('ims/aem-dev', old);
    expect(await aws.source.list()).toMatchObject([
      { version: old, content: { clientId: 'old' }, otherVersions: { previous: version } },
    ]);
  });

  it('trusts the version that it read while the listing lags behind', async () => {
    await using aws = await SecretsManagerFixture.make();
    const old = aws.put('aem-dev', 'old');
    await aws.source.list();
    aws.server.listings.freeze();
    const version = aws.put('aem-dev', 'new');
    expect(await aws.source.list()).toMatchObject([{ version: old }]);
    expect(await aws.source.read(NAME, 'AWSCURRENT')).toMatchObject({ version });
    expect(await aws.source.list()).toMatchObject([{ version, content: { clientId: 'new' } }]);
    aws.server.recover();
    const reads = aws.server.valuesRead.length;
    expect(await aws.source.list()).toMatchObject([{ version }]);
    expect(aws.server.valuesRead).toHaveLength(reads);
  });

  it('uses the version that it read when that is newer than the listing', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.put('aem-dev', 'old');
    aws.server.listings.freeze();
    const version = aws.put('aem-dev', 'new');
    expect(await aws.source.list()).toMatchObject([{ version, content: { clientId: 'new' } }]);
  });

  it('reads a secret before the first listing', async () => {
    await using aws = await SecretsManagerFixture.make();
    const version = aws.put('aem-dev');
    expect(await aws.source.read(NAME, 'AWSCURRENT')).toMatchObject({ version, stage: 'AWSCURRENT' });
  });

  it('returns null for a secret that is marked for deletion', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.put('aem-dev');
    aws.server.delete('ims/aem-dev');
    expect(await aws.source.read(NAME, 'AWSCURRENT')).toBeNull();
  });
});
