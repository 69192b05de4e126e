import { millis, type CredentialName } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { ScriptedCredentialSource } from '../../../../test/fakes/scripted-credential-source.ts';
import { named, oauthDocument, SECOND } from '../../../../test/support/tokens/documents.ts';
import { CredentialCatalog } from './credential-catalog.ts';

async function listed(count: number) {
  const clock = new ManualClock();
  const source = new ScriptedCredentialSource();
  const all = Array.from({ length: count }, (_, index) => named(`aem-${index}`));
  source.put(...all.map((name) => oauthDocument(name)));
  const catalog = new CredentialCatalog(source, clock, () => undefined);
  await catalog.poll();
  clock.advance(millis(SECOND));
  const drop = (names: readonly CredentialName[]): void => names.forEach((name) => source.drop(name));
  return { clock, source, all, catalog, drop };
}

describe('a listing', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [5, 3],
    [5, 5],
  ])('of %i credentials that loses %i is believed once the next one agrees', async (count, lost) => {
    const { clock, all, catalog, drop } = await listed(count);
    drop(all.slice(0, lost));
    expect(await catalog.poll()).toEqual({ added: [], changed: [], removed: [] });
    expect([...catalog.all()]).toHaveLength(count);
    clock.advance(millis(5 * SECOND));
    expect((await catalog.poll())?.removed.map(({ name }) => name)).toEqual(all.slice(0, lost));
  });

  it.each([
    [2, 1],
    [3, 1],
    [6, 3],
  ])('of %i credentials that loses %i is believed at once', async (count, lost) => {
    const { all, catalog, drop } = await listed(count);
    drop(all.slice(0, lost));
    expect((await catalog.poll())?.removed).toHaveLength(lost);
  });

  it('is doubted for five seconds, however often the folder is read while files are replaced', async () => {
    const { clock, source, all, catalog, drop } = await listed(3);
    drop(all);
    for (let passed = 0; passed < 2_500; passed += 250) {
      expect((await catalog.poll())?.removed).toEqual([]);
      clock.advance(millis(250));
    }
    source.put(...all.map((name) => oauthDocument(name)));
    expect(await catalog.poll()).toEqual({ added: [], changed: [], removed: [] });
    clock.advance(millis(60 * SECOND));
    drop(all);
    expect((await catalog.poll())?.removed).toEqual([]);
  });

  it('that fails in between neither confirms nor ends a doubt', async () => {
    const { clock, source, all, catalog, drop } = await listed(1);
    drop(all);
    await catalog.poll();
    source.fail();
    clock.advance(millis(60 * SECOND));
    expect(await catalog.poll()).toBeNull();
    expect([...catalog.all()]).toHaveLength(1);
    source.recover();
    expect((await catalog.poll())?.removed).toHaveLength(1);
  });

  it('that doubts a loss says when it last had the credential', async () => {
    const { clock, all, catalog, drop } = await listed(1);
    const [name = named('none')] = all;
    const before = catalog.listedAt(name);
    drop(all);
    await catalog.poll();
    expect(catalog.listedAt(name)).toBe(before);
    expect(clock.monotonic()).toBeGreaterThan(before);
  });
});
