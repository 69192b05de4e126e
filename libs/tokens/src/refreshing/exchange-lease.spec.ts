import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing, HANGING } from '../../../../test/fakes/scripted-ims-client.ts';
import { ScriptedTokenStore } from '../../../../test/fakes/scripted-token-store.ts';
import { named, oauthDocument, SECOND } from '../../../../test/support/tokens/documents.ts';
import { TokenProcess } from '../../../../test/support/tokens/token-process.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const NAME = named('aem-dev');

/** Two processes whose leases run out by the test's clock; tokens live this long. */
async function two(life: number) {
  const world = new World();
  const store = new ScriptedTokenStore(world.clock);
  world.ims.always(NAME, { life: millis(life) });
  world.source.put(oauthDocument(NAME));
  const make = () => new TokenProcess({ clock: world.clock, store, source: world.source, ims: world.ims });
  const [one, other] = [make(), make()];
  await one.start();
  await other.start();
  return { world, store, one, other };
}

describe('the exchange lease', () => {
  it.each([10, 60, 1_000, 86_400])(
    'of a holder that died costs callers no token of %i seconds',
    async (life) => {
      const { world, one, other } = await two(life * SECOND);
      world.ims.next(NAME, HANGING);
      while (world.ims.exchanges() < 2) {
        world.clock.advance(millis(life * 5));
        void one.refresher.refreshDue();
        await new Promise(setImmediate);
      }
      await world.pass(life * SECOND, life * 5, [other], () => {
        expect(other.served(NAME)).not.toBeNull();
      });
    },
  );

  it.each(['the store cannot be read', 'the store is down'])(
    'is granted alone while %s, and failed attempts use up no budget',
    async (what) => {
      const { world, store, other } = await two(86_400 * SECOND);
      store.fail(undefined, what === 'the store is down' ? undefined : ['read']);
      world.clock.advance(millis(50_000 * SECOND));
      world.ims.always(NAME, failing('ims_unavailable'));
      await world.pass(3_600 * SECOND, SECOND, [other]);
      expect(world.ims.exchanges()).toBeGreaterThan(12);
      world.ims.always(NAME, { life: millis(86_400 * SECOND) });
      const before = other.remaining(NAME);
      await world.pass(310 * SECOND, SECOND, [other]);
      expect(other.remaining(NAME)).toBeGreaterThan(before);
    },
  );
});
