import { toCredentialName } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { CatalogListings } from './catalog-listings.ts';

const status = (version: string): string =>
  JSON.stringify({
    at: 1,
    kind: 'jwt',
    version,
    stage: 'AWSCURRENT',
    certificateExpiresAt: null,
    failing: false,
    lastFailure: null,
    nextAttemptAt: null,
  });

describe('CatalogListings', () => {
  it('reads every credential, including status records of earlier versions', () => {
    const [listing] = new CatalogListings().read({ 'g:aem-dev': '3', 'r:aem-dev': status('v1') });
    expect(listing).toMatchObject({
      name: toCredentialName('aem-dev'),
      generation: 3,
      removed: false,
      status: { version: 'v1', attempt: null, pending: null, history: [] },
    });
  });

  it('reads status records that change, vanish, become unreadable and return', () => {
    const listings = new CatalogListings();
    const versionAfter = (fields: Record<string, string>): unknown =>
      listings.read({ 'g:aem-dev': '1', ...fields })[0]?.status?.version;
    expect(versionAfter({ 'r:aem-dev': status('v1') })).toBe('v1');
    expect(versionAfter({ 'r:aem-dev': status('v1') })).toBe('v1');
    expect(versionAfter({ 'r:aem-dev': status('v2') })).toBe('v2');
    expect(versionAfter({})).toBeUndefined();
    expect(versionAfter({ 'r:aem-dev': 'nonsense' })).toBeUndefined();
    expect(versionAfter({ 'r:aem-dev': status('v2') })).toBe('v2');
  });
});
