import { describe, expect, it } from 'vitest';

import { ListingPages } from './listed-secret.ts';

type Entries = Parameters<ListingPages['add']>[0];

function listingOf(prefix: string, ...pages: readonly Entries[]) {
  const gathered = new ListingPages(prefix);
  for (const page of pages) gathered.add(page);
  return gathered.listing;
}

// Implementations other than AWS's may answer in these ways.
describe('ListingPages', () => {
  it('omits secrets that a loose filter let through', () => {
    const names = ['ims/aem-dev', 'IMS/aem-dev', 'my-ims/aem-dev', 'ims', undefined];
    const { secrets, skipped } = listingOf(
      'ims/',
      names.map((Name) => ({ Name })),
    );
    expect([...secrets.keys()]).toEqual(['aem-dev']);
    expect(skipped).toEqual([]);
  });

  it('omits a secret that is marked for deletion', () => {
    const { secrets } = listingOf('ims/', [{ Name: 'ims/aem-dev', DeletedDate: new Date() }]);
    expect(secrets.size).toBe(0);
  });

  it('lists a secret once when it is on two pages', () => {
    const { secrets } = listingOf('', [{ Name: 'aem-dev' }], [{ Name: 'aem-dev' }]);
    expect(secrets.size).toBe(1);
  });

  it('distinguishes missing versions from a listing without versions', () => {
    const versionsOf = (stages?: Record<string, string[]>) =>
      listingOf('', [{ Name: 'aem-dev', SecretVersionsToStages: stages }])
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

  it('ends a listing without end, whether its pages are full or empty', () => {
    for (const page of [[], Array.from({ length: 100 }, (_, at) => ({ Name: `ims/aem-${at}` }))]) {
      const gathered = new ListingPages('ims/');
      const endless = (): void => {
        for (let pages = 0; pages < 100_000; pages += 1) gathered.add(page);
      };
      expect(endless).toThrow(expect.objectContaining({ name: 'TooManySecrets' }));
    }
  });
});
