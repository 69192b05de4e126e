import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ScriptedCredentialSource } from '../../../../test/fakes/scripted-credential-source.ts';
import { DAY, HOUR, MINUTE, oauthDocument, SECOND } from '../../../../test/support/tokens/documents.ts';
import { NAME } from '../../../../test/support/tokens/served.ts';
import { World } from '../../../../test/support/tokens/world.ts';

/** A source with one version of the credential. */
function sourceOf(version: string): ScriptedCredentialSource {
  const source = new ScriptedCredentialSource();
  source.put(oauthDocument(NAME, version));
  return source;
}

/** Two processes whose sources have different versions, after each has minted. */
async function differing() {
  const world = new World();
  const sources = [sourceOf('v1'), sourceOf('v2')] as const;
  const restart = async (which: 0 | 1) => {
    world.clock.advance(millis(MINUTE));
    const process = world.process(sources[which]);
    process.sync.watch();
    await process.start();
    await world.pass(10 * SECOND, SECOND, [process]);
    return process;
  };
  await restart(0);
  await restart(1);
  expect(world.ims.exchanges()).toBe(2);
  return { world, sources, restart };
}

describe('processes whose sources have different versions', () => {
  it('do not mint again at a restart, whichever restarts, and however often', async () => {
    const { world, restart } = await differing();
    for (const which of [0, 1, 1, 0, 0, 1] as const) {
      const process = await restart(which);
      expect(process.tokens.get(NAME)?.cached?.record.version).toBe('v2');
    }
    expect(world.ims.exchanges()).toBe(2);
  });

  it('renew once a window while processes restart in between', async () => {
    const { world, restart } = await differing();
    for (let passed = 0; passed < 3 * DAY; passed += HOUR) {
      await restart(passed % (2 * HOUR) === 0 ? 0 : 1);
      world.clock.advance(millis(HOUR));
    }
    expect(world.ims.exchanges()).toBeLessThanOrEqual(2 + 8);
  });

  it('mint with a third version at once, also at a restart', async () => {
    const { world, sources, restart } = await differing();
    sources[0].put(oauthDocument(NAME, 'v3'));
    const process = await restart(0);
    expect(process.tokens.get(NAME)?.cached?.record.version).toBe('v3');
    expect(world.ims.exchanges()).toBe(3);
  });
});

describe('a version that comes back', () => {
  it('mints at once, as a process that sees the rollback knows that it is one', async () => {
    const world = new World();
    world.source.put(oauthDocument(NAME, 'v1'));
    const service = world.process();
    await service.start();
    for (const version of ['v2', 'v1', 'v2', 'v1']) {
      world.clock.advance(millis(MINUTE));
      world.source.put(oauthDocument(NAME, version));
      await service.pollSource();
      expect(service.tokens.get(NAME)?.cached?.record.version).toBe(version);
    }
    expect(world.ims.exchanges()).toBe(5);
    expect(service.tokens.get(NAME)?.status?.mintedVersions).toEqual(['v2', 'v1']);
  });
});
