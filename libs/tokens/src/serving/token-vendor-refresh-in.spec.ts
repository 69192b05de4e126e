import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing } from '../../../../test/fakes/scripted-ims-client.ts';
import {
  DAY,
  HOUR,
  MINUTE,
  named,
  oauthDocument,
  SECOND,
} from '../../../../test/support/tokens/documents.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const NAME = named('aem-dev');

describe('a client that returns after refresh_in', () => {
  it.each([
    { life: 3 * SECOND, step: 200, during: MINUTE },
    { life: 10 * SECOND, step: 200, during: 2 * MINUTE },
    { life: HOUR, step: 10 * SECOND, during: 6 * HOUR },
    { life: DAY, step: MINUTE, during: 5 * DAY },
  ])('finds a newer token each time, where tokens live $life ms', async ({ life, step, during }) => {
    const world = new World();
    world.source.put(oauthDocument(NAME));
    world.ims.always(NAME, { life: millis(life) });
    const service = world.process();
    await service.start();
    const seen: string[] = [];
    let comesBack = world.clock.now() as number;
    await world.pass(during, step, [service], () => {
      if (world.clock.now() < comesBack) return;
      const vended = service.vendor.vend(NAME);
      if (vended.outcome !== 'vended') throw new Error(vended.outcome);
      seen.push(vended.cached.token.sha256);
      comesBack = world.clock.now() + vended.refreshIn * SECOND;
    });
    expect(seen.length).toBeGreaterThan(3);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('does not poll in a tight loop while renewals fail, down to the last token it can get', async () => {
    const world = new World();
    world.source.put(oauthDocument(NAME));
    const service = world.process();
    await service.start();
    world.ims.always(NAME, failing('ims_unavailable'));
    let comesBack = world.clock.now() as number;
    let asked = 0;
    await world.pass(DAY + HOUR, 10 * SECOND, [service], () => {
      if (world.clock.now() < comesBack) return;
      asked += 1;
      const vended = service.vendor.vend(NAME);
      const wait = vended.outcome === 'vended' ? vended.refreshIn : vended.retryAfter;
      expect(wait).toBeGreaterThanOrEqual(1);
      comesBack = world.clock.now() + wait * SECOND;
    });
    // Once a minute over the twelve hours that a renewal is overdue, and some more at the end.
    expect(asked).toBeLessThan(1_200);
  });

  it.each([10, 225, 300, 600, 900])(
    'or asks %i seconds before expiry, as client libraries do, never gets the same token twice',
    async (window) => {
      const world = new World();
      world.source.put(oauthDocument(NAME));
      const service = world.process();
      await service.start();
      const seen: string[] = [];
      let comesBack = world.clock.now() as number;
      await world.pass(7 * DAY, MINUTE, [service], () => {
        const vended = service.vendor.vend(NAME);
        if (vended.outcome !== 'vended') throw new Error(vended.outcome);
        expect(vended.expiresIn).toBeGreaterThan(20 * 60);
        if (world.clock.now() < comesBack) return;
        seen.push(vended.cached.token.sha256);
        comesBack = world.clock.now() + (vended.expiresIn - window) * SECOND;
      });
      expect(new Set(seen).size).toBe(seen.length);
    },
  );
});
