import { describe, expect, it } from 'vitest';

import { nameOf } from '../support/store-fixtures.ts';
import { SecretsManagerFixture } from './support/secrets-manager-fixture.ts';

const NAME = nameOf('aem-dev');

describe('a secret that is being rotated', () => {
  it('shows the prepared version without reading it, and reads it when asked', async () => {
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

  it('is in use in its new version once AWSCURRENT has moved, and keeps the old one as the previous', async () => {
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
        // It still carries AWSPENDING, as AWS's own rotations leave it.
        otherVersions: { pending: null, previous: old },
      },
    ]);
    expect(await aws.source.read(NAME, 'AWSPREVIOUS')).toMatchObject({
      version: old,
      stage: 'AWSPREVIOUS',
      content: { clientId: 'old' },
    });
  });

  it('goes back to the old version when AWSCURRENT does', async () => {
    await using aws = await SecretsManagerFixture.make();
    const old = aws.put('aem-dev', 'old');
    const version = aws.put('aem-dev', 'new');
    await aws.source.list();
    aws.server.promote('ims/aem-dev', old);
    expect(await aws.source.list()).toMatchObject([
      { version: old, content: { clientId: 'old' }, otherVersions: { previous: version } },
    ]);
  });

  it('is believed as it was read, however far the listing lags behind', async () => {
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

  it('is taken in the version that was read, where it moved on since the listing', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.put('aem-dev', 'old');
    aws.server.listings.freeze();
    const version = aws.put('aem-dev', 'new');
    expect(await aws.source.list()).toMatchObject([{ version, content: { clientId: 'new' } }]);
  });

  it('can be asked for before anything was listed', async () => {
    await using aws = await SecretsManagerFixture.make();
    const version = aws.put('aem-dev');
    expect(await aws.source.read(NAME, 'AWSCURRENT')).toMatchObject({ version, stage: 'AWSCURRENT' });
  });

  it('is no longer there to be read once it is marked for deletion', async () => {
    await using aws = await SecretsManagerFixture.make();
    aws.put('aem-dev');
    aws.server.delete('ims/aem-dev');
    expect(await aws.source.read(NAME, 'AWSCURRENT')).toBeNull();
  });
});
