import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SourceUnavailable, type CredentialSource, type SourcedCredential } from '#libs/tokens';

import { oauthDocument } from '../credential-sources/support/oauth-document.ts';
import { nameOf } from '../support/store-fixtures.ts';

/** A source and the hands of those who store credentials in it. */
export interface SourceWorkshop {
  readonly source: CredentialSource;
  /** Stores text under a name, new or in place of what was there. */
  store(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Makes the source unreadable as a whole. */
  breakDown(): Promise<void>;
  repair(): Promise<void>;
  close(): Promise<void>;
}

const documentOf = (clientId: string): string => JSON.stringify(oauthDocument({ CLIENT_ID: clientId }));

/** What anybody may rely on of any CredentialSource. */
export function describeCredentialSource(kind: string, open: () => Promise<SourceWorkshop>): void {
  describe(`${kind} as a CredentialSource`, () => {
    let workshop: SourceWorkshop;
    const listed = async (): Promise<Map<string, SourcedCredential>> =>
      new Map((await workshop.source.list()).map((credential) => [credential.name, credential]));

    beforeEach(async () => {
      workshop = await open();
    });
    afterEach(() => workshop.close());

    it('lists nothing where nothing is stored', async () => {
      expect(await workshop.source.list()).toEqual([]);
    });

    it('lists every credential by its name, with no other versions where there is only one', async () => {
      await workshop.store('aem-dev', documentOf('dev'));
      await workshop.store('aem-prod', documentOf('prod'));
      const credentials = await listed();
      expect([...credentials.keys()].sort()).toEqual(['aem-dev', 'aem-prod']);
      expect(credentials.get('aem-prod')).toMatchObject({
        content: { kind: 'oauth', clientId: 'prod' },
        otherVersions: { pending: null, previous: null },
      });
    });

    it('lists a broken document with its problem beside the good ones', async () => {
      await workshop.store('aem-dev', documentOf('dev'));
      await workshop.store('aem-prod', '{ broken');
      const credentials = await listed();
      expect(credentials.get('aem-dev')).toMatchObject({ content: { kind: 'oauth' } });
      expect(credentials.get('aem-prod')).toMatchObject({ content: { code: 'credential_invalid_json' } });
    });

    it('changes the version when the document changes, and only then', async () => {
      await workshop.store('aem-dev', documentOf('dev'));
      const first = (await listed()).get('aem-dev');
      const second = (await listed()).get('aem-dev');
      await workshop.store('aem-dev', documentOf('new'));
      const third = (await listed()).get('aem-dev');
      expect(second?.version).toBe(first?.version);
      expect(third?.version).not.toBe(first?.version);
      expect(third).toMatchObject({ stage: first?.stage, content: { clientId: 'new' } });
    });

    it('no longer lists what was removed', async () => {
      await workshop.store('aem-dev', documentOf('dev'));
      await workshop.store('aem-prod', documentOf('prod'));
      await listed();
      await workshop.remove('aem-dev');
      expect([...(await listed()).keys()]).toEqual(['aem-prod']);
    });

    it('is unavailable, not empty, while it can’t be read', async () => {
      await workshop.store('aem-dev', documentOf('dev'));
      await listed();
      await workshop.breakDown();
      await expect(workshop.source.list()).rejects.toBeInstanceOf(SourceUnavailable);
      await expect(workshop.source.read(nameOf('aem-dev'), 'AWSCURRENT')).rejects.toBeInstanceOf(
        SourceUnavailable,
      );
      await workshop.repair();
      await workshop.store('aem-dev', documentOf('dev'));
      expect((await listed()).get('aem-dev')).toMatchObject({ content: { clientId: 'dev' } });
    });

    it('reads one credential afresh, and lists the same from then on', async () => {
      await workshop.store('aem-dev', documentOf('old'));
      await listed();
      await workshop.store('aem-dev', documentOf('new'));
      const fresh = await workshop.source.read(nameOf('aem-dev'), 'AWSCURRENT');
      expect(fresh).toMatchObject({ name: 'aem-dev', content: { clientId: 'new' } });
      expect((await listed()).get('aem-dev')).toMatchObject({
        version: fresh?.version,
        content: { clientId: 'new' },
      });
    });

    it('reads nothing of a credential or a version that it does not have', async () => {
      await workshop.store('aem-dev', documentOf('dev'));
      expect(await workshop.source.read(nameOf('aem-prod'), 'AWSCURRENT')).toBeNull();
      expect(await workshop.source.read(nameOf('aem-dev'), 'AWSPENDING')).toBeNull();
      expect(await workshop.source.read(nameOf('aem-dev'), 'AWSPREVIOUS')).toBeNull();
    });

    it('can be watched, and stops', () => {
      const stop = workshop.source.watch(() => undefined);
      stop();
      expect(stop).not.toThrow();
    });
  });
}
