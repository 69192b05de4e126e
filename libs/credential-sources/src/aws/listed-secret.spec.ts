import { describe, expect, it } from 'vitest';

import { readListing } from './listed-secret.ts';

// Implementations other than AWS's may answer in these ways.
describe('readListing', () => {
  it('omits secrets that a loose filter let through', () => {
    const names = ['ims/aem-dev', 'IMS/aem-dev', 'my-ims/aem-dev', 'ims', undefined];
    const { secrets, skipped } = readListing(
      'ims/',
      names.map((Name) => ({ Name })),
    );
    expect([...secrets.keys()]).toEqual(['aem-dev']);
    expect(skipped).toEqual([]);
  });

  it('omits a secret that is marked for deletion', () => {
    const { secrets } = readListing('ims/', [{ Name: 'ims/aem-dev', DeletedDate: new Date() }]);
    expect(secrets.size).toBe(0);
  });

  it('lists a secret once when it is on two pages', () => {
    const { secrets } = readListing('', [{ Name: 'aem-dev' }, { Name: 'aem-dev' }]);
    expect(secrets.size).toBe(1);
  });

  it('distinguishes missing versions from a listing without versions', () => {
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
