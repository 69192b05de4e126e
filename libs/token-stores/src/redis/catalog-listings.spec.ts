import { randomBytes } from 'node:crypto';

import { instant, toCredentialName, type CredentialName } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { statusRecordOf } from '../../../../test/support/store-fixtures.ts';
import { RecordMac } from '../sealing/record-mac.ts';
import { SealingKeys } from '../sealing/sealing-keys.ts';
import { CatalogListings } from './catalog-listings.ts';
import { CatalogRecords } from './catalog-records.ts';

const [dev, stage] = ['aem-dev', 'aem-stage'].map((text) => toCredentialName(text)) as [
  CredentialName,
  CredentialName,
];
const keys = () => SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
const mac = new RecordMac(keys(), 't');
const records = new CatalogRecords(mac);
const status = (version: string) => records.signStatus({ ...statusRecordOf(dev), version });
const rawStatus = (fields: object): string =>
  mac.sign(['status', dev], `1 ${JSON.stringify({ ...statusRecordOf(dev), ...fields })}`);

async function listed(fields: Record<string, string>, listings = new CatalogListings(records)) {
  const read = await listings.read(Object.entries(fields).flat());
  return { listing: read.listings[0], refused: read.refused.map(([field]) => field) };
}

describe('CatalogListings', () => {
  it('reads the records of every credential', async () => {
    const fields = {
      'g:aem-dev': records.signGeneration(dev, 3),
      'r:aem-dev': status('v1'),
      'x:aem-stage': records.signRemoval(stage, 4, 1_700_000_000),
      'g:aem-stage': records.signGeneration(stage, 4),
      listed: records.signListing(),
    };
    const { listings, refused } = await new CatalogListings(records).read(Object.entries(fields).flat());
    expect(refused).toEqual([]);
    expect(listings).toEqual([
      { name: dev, generation: 3, removed: false, status: { ...statusRecordOf(dev), version: 'v1' } },
      { name: stage, generation: 4, removed: true, status: null },
    ]);
  });

  it('reads status records that change, vanish, become unreadable and return', async () => {
    const listings = new CatalogListings(records);
    const versionAfter = async (fields: Record<string, string>): Promise<unknown> => {
      const generation = { 'g:aem-dev': records.signGeneration(dev, 1) };
      return (await listed({ ...generation, ...fields }, listings)).listing?.status?.version;
    };
    expect(await versionAfter({ 'r:aem-dev': status('v1') })).toBe('v1');
    expect(await versionAfter({ 'r:aem-dev': status('v1') })).toBe('v1');
    expect(await versionAfter({ 'r:aem-dev': status('v2') })).toBe('v2');
    expect(await versionAfter({})).toBeUndefined();
    expect(await versionAfter({ 'r:aem-dev': 'nonsense' })).toBeUndefined();
    expect(await versionAfter({ 'r:aem-dev': status('v2') })).toBe('v2');
  });

  it.each([
    ['a plain generation', { 'g:aem-dev': '3' }],
    ['a plain status record', { 'r:aem-dev': JSON.stringify(statusRecordOf(dev)) }],
    ['a plain time of removal', { 'x:aem-dev': '1700000000' }],
    [
      'a generation signed with another key',
      { 'g:aem-dev': new RecordMac(keys(), 't').sign(['generation', 'aem-dev'], '3') },
    ],
    ['a generation of another credential', { 'g:aem-dev': records.signGeneration(stage, 3) }],
    ['a generation as a removal', { 'x:aem-dev': records.signGeneration(dev, 3) }],
    [
      'a status record of another prefix',
      { 'r:aem-dev': new RecordMac(keys(), 'u').sign(['status', 'aem-dev'], '1 {}') },
    ],
    ['an altered status record', { 'r:aem-dev': status('v1').replace('v1', 'v9') }],
    ['a field of no credential', { 'g:../etc': records.signGeneration(dev, 3) }],
    ['a foreign field', { other: 'x' }],
  ])('refuses %s', async (_what, fields) => {
    const { listing, refused } = await listed(fields);
    expect(listing).toBeUndefined();
    expect(refused).toEqual(Object.keys(fields));
  });

  it('names a refused record once while it stays the same', async () => {
    const listings = new CatalogListings(records);
    const fields = { 'g:aem-dev': '3', 'r:aem-dev': 'x' };
    expect((await listed(fields, listings)).refused).toHaveLength(2);
    expect((await listed(fields, listings)).refused).toHaveLength(0);
    expect((await listed({ ...fields, 'g:aem-dev': '4' }, listings)).refused).toEqual(['g:aem-dev']);
  });

  it.each([
    ['times that no Date can express', { at: 8.64e15 + 1 }],
    ['negative times', { nextAttemptAt: -1 }],
    ['an unknown kind', { kind: 'future' }],
    ['a failure without a code', { lastFailure: { at: 1, diagnosis: 'x' } }],
    ['a count of no failures', { attempt: { version: 'v1', failuresInARow: -1 } }],
    ['thousands of times', { causedAt: Array.from({ length: 1_000 }, () => instant(1)) }],
  ])('reads an authentic status record with %s as none', async (_what, fields) => {
    const { listing, refused } = await listed({ 'r:aem-dev': rawStatus(fields) });
    expect(listing).toMatchObject({ name: dev, status: null });
    expect(refused).toEqual([]);
  });

  it('keeps the names of authentic records only', async () => {
    const listings = new CatalogListings(records);
    await listed({ 'g:aem-dev': records.signGeneration(dev, 1), 'g:planted': '1' }, listings);
    expect(listings.names).toEqual([dev]);
  });
});
