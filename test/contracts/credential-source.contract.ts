import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SourceUnavailable, type CredentialSource, type SourcedCredential } from '#libs/tokens';

import { oauthDocument } from '../support/credential-sources/oauth-document.ts';
import { nameOf } from '../support/store-fixtures.ts';

/** A source, and the operations that change what is stored in it. */
export interface SourceWorkshop {
  readonly source: CredentialSource;
  /** Stores or replaces the text under a name. */
  store(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Makes the source unreadable as a whole. */
  breakDown(): Promise<void>;
  repair(): Promise<void>;
  close(): Promise<void>;
}

const documentOf = (clientId: string): string => JSON.stringify(oauthDocument({ CLIENT_ID: clientId }));

/** The contract of every CredentialSource. */
export function describeCredentialSource(kind: string, open: () => Promise<SourceWorkshop>): void {
  describe(`${kind} as a CredentialSource`, () => {
    let workshop: SourceWorkshop;
    const listed = async (): Promise<Map<string, SourcedCredential>> =>
      new Map((await workshop.source.list()).map((credential) => [credential.name, credential]));

    beforeEach(async () => {
      workshop = await open();
    });
    afterEach(() => workshop.close());

    it('lists nothing while nothing is stored', async () => {
      expect(await workshop.source.list()).toEqual([]);
    });

    it('lists every credential by name, without other versions if there is only one', async () => {
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

    it('does not list a removed credential', async () => {
      await workshop.store('aem-dev', documentOf('dev'));
      await workshop.store('aem-prod', documentOf('prod'));
      await listed();
      await workshop.remove('aem-dev');
      expect([...(await listed()).keys()]).toEqual(['aem-prod']);
    });

    it('rejects with SourceUnavailable while it cannot be read', async () => {
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

    it('reads the newest version of one credential, and lists it afterwards', async () => {
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

    it('reads null for an unknown credential or stage', async () => {
      await workshop.store('aem-dev', documentOf('dev'));
      expect(await workshop.source.read(nameOf('aem-prod'), 'AWSCURRENT')).toBeNull();
      expect(await workshop.source.read(nameOf('aem-dev'), 'AWSPENDING')).toBeNull();
      expect(await workshop.source.read(nameOf('aem-dev'), 'AWSPREVIOUS')).toBeNull();
    });

    it('returns a function from watch that stops it', () => {
      const stop = workshop.source.watch(() => undefined);
      stop();
      expect(stop).not.toThrow();
    });
  });
}
