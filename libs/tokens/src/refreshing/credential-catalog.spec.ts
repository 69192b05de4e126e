import { describe, expect, it, vi } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { ScriptedCredentialSource } from '../../../../test/fakes/scripted-credential-source.ts';
import { brokenDocument, named, oauthDocument } from '../../../../test/support/tokens/documents.ts';
import type { TokenEvent } from '../model/events.ts';
import { SourceUnavailable } from '../ports/credential-source.ts';
import { CredentialCatalog } from './credential-catalog.ts';

function setUp() {
  const source = new ScriptedCredentialSource();
  const events: TokenEvent[] = [];
  const catalog = new CredentialCatalog(source, new ManualClock(), (event) => void events.push(event));
  const names = () => [...catalog.all()].map(({ name }) => name);
  return { source, events, catalog, names };
}

describe('CredentialCatalog', () => {
  it('returns what was added, changed and removed since the previous poll', async () => {
    const { source, catalog } = setUp();
    source.put(oauthDocument('kept'), oauthDocument('changed'), oauthDocument('removed'));
    await catalog.poll();
    source.put(oauthDocument('changed', 'v2'), brokenDocument('added'));
    source.drop(named('removed'));
    expect(await catalog.poll()).toMatchObject({
      added: [{ name: 'added' }],
      changed: [{ name: 'changed', version: 'v2' }],
      removed: [{ name: 'removed' }],
    });
    expect(await catalog.poll()).toMatchObject({ added: [], changed: [], removed: [] });
  });

  it('counts another stage of the same version as a change', async () => {
    const { source, catalog } = setUp();
    source.put(oauthDocument('aem-dev'));
    await catalog.poll();
    source.put({ ...oauthDocument('aem-dev'), stage: 'AWSPREVIOUS' });
    expect(await catalog.poll()).toMatchObject({ changed: [{ name: 'aem-dev' }] });
  });

  it.each([new SourceUnavailable('denied'), new TypeError('defect'), 'a string'])(
    'stays as it was while polls fail with %s',
    async (failure) => {
      const { source, catalog, names } = setUp();
      source.put(oauthDocument('aem-dev'), oauthDocument('aem-stage'));
      await catalog.poll();
      source.drop(named('aem-dev'));
      source.fail(failure);
      expect(await catalog.poll()).toBeNull();
      expect(names()).toEqual(['aem-dev', 'aem-stage']);
      source.recover();
      await catalog.poll();
      expect(names()).toEqual(['aem-stage']);
    },
  );

  it('is not known before the first complete listing, and stays known through outages', async () => {
    const { source, catalog } = setUp();
    source.fail();
    await catalog.poll();
    expect(catalog.isKnown).toBe(false);
    source.recover();
    await catalog.poll();
    source.fail();
    await catalog.poll();
    expect(catalog.isKnown).toBe(true);
  });

  it('reports an outage when it begins and when it ends, not at each poll', async () => {
    const { source, catalog, events } = setUp();
    source.fail(new SourceUnavailable('the listing is denied'));
    await catalog.poll();
    await catalog.poll();
    source.recover();
    await catalog.poll();
    await catalog.poll();
    expect(events).toEqual([{ type: 'source.down', reason: 'the listing is denied' }, { type: 'source.up' }]);
  });

  it('gives up on a source that never answers', async () => {
    vi.useFakeTimers();
    try {
      const { source, catalog } = setUp();
      source.list = () => new Promise(() => undefined);
      const look = catalog.poll();
      await vi.advanceTimersByTimeAsync(10 * 60_000);
      expect(await look).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });
});
