import { describe, expect, it } from 'vitest';

import { readListing } from '../../libs/credential-sources/src/aws/listed-secret.ts';

/** What implementations other than AWS's may answer. */
describe('a listing of secrets, read', () => {
  it('leaves out what a loose filter let through', () => {
    const names = ['ims/aem-dev', 'IMS/aem-dev', 'my-ims/aem-dev', 'ims', undefined];
    const { secrets, skipped } = readListing(
      'ims/',
      names.map((Name) => ({ Name })),
    );
    expect([...secrets.keys()]).toEqual(['aem-dev']);
    expect(skipped).toEqual([]);
  });

  it('leaves out what is marked for deletion', () => {
    const { secrets } = readListing('ims/', [{ Name: 'ims/aem-dev', DeletedDate: new Date() }]);
    expect(secrets.size).toBe(0);
  });

  it('holds a secret once that was on two pages', () => {
    const { secrets } = readListing('', [{ Name: 'aem-dev' }, { Name: 'aem-dev' }]);
    expect(secrets.size).toBe(1);
  });

  it('tells versions that are not told from versions that are not there', () => {
    const versionsOf = (stages?: Record<string, string[]>) =>
      readListing('', [{ Name: 'aem-dev', SecretVersionsToStages: stages }])
        .secrets.values()
        .next().value?.versions;
    expect(versionsOf()).toBeNull();
    expect(versionsOf({})).toEqual({ AWSCURRENT: null, AWSPENDING: null, AWSPREVIOUS: null });
    expect(versionsOf({ v1: ['AWSCURRENT', 'AWSPENDING'], v0: ['AWSPREVIOUS', 'mine'] })).toEqual({
      AWSCURRENT: 'v1',
      AWSPENDING: 'v1',
      AWSPREVIOUS: 'v0',
    });
  });
});
