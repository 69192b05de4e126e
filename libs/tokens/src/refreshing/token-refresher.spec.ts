import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing, type ScriptedAnswer } from '../../../../test/fakes/scripted-ims-client.ts';
import { DAY, HOUR, MINUTE, oauthDocument, SECOND } from '../../../../test/support/tokens/documents.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const DOWN: ScriptedAnswer = failing('ims_unavailable');

describe('TokenRefresher', () => {
  it('exchanges about twice in a lifetime, well before expiry, for days', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    const service = world.process();
    await service.start();
    let least = Infinity;
    await world.pass(7 * DAY, 5 * MINUTE, [service], () => {
      least = Math.min(least, service.remaining('aem-dev'));
    });
    expect(least).toBeGreaterThan(10 * HOUR);
    expect(world.ims.exchanges('aem-dev')).toBeGreaterThanOrEqual(13);
    expect(world.ims.exchanges('aem-dev')).toBeLessThanOrEqual(17);
  });

  it.each([3, 5, 10])('treats tokens of %i seconds like those of a day', async (life) => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    world.ims.always('aem-dev', { life: millis(life * SECOND) });
    const service = world.process();
    await service.start();
    let gaps = 0;
    await world.pass(60 * SECOND, 200, [service], () => {
      if (service.served('aem-dev') === null) gaps += 1;
    });
    expect(gaps).toBe(0);
    const expected = 60 / (life / 2);
    expect(world.ims.exchanges('aem-dev')).toBeGreaterThan(expected * 0.8);
    expect(world.ims.exchanges('aem-dev')).toBeLessThan(expected * 1.3 + 2);
  });

  it('serves through an outage of IMS until the token expires, and renews soon after the outage', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    const service = world.process();
    await service.start();
    await world.pass(11 * HOUR, 10 * MINUTE, [service]);
    world.ims.always('aem-dev', DOWN);
    let servedUntil = 0;
    await world.pass(15 * HOUR, MINUTE, [service], () => {
      if (service.served('aem-dev') !== null) servedUntil = world.clock.now();
    });
    const end = service.tokens.get('aem-dev')?.cached?.token.expiresAt ?? 0;
    expect(end - servedUntil).toBeLessThanOrEqual(2 * MINUTE);
    expect(service.state('aem-dev')).toBe('expired');
    expect(service.tokens.get('aem-dev')?.status).toMatchObject({
      failing: true,
      lastFailure: { code: 'ims_unavailable' },
    });

    world.ims.always('aem-dev', { life: millis(DAY) });
    await world.pass(5 * MINUTE, 10 * SECOND, [service]);
    expect(service.state('aem-dev')).toBe('healthy');
    expect(service.tokens.get('aem-dev')?.status?.lastFailure?.code).toBe('ims_unavailable');
  });

  it('is degraded and serves the token while renewals fail', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    const service = world.process();
    await service.start();
    world.ims.always('aem-dev', DOWN);
    await world.pass(14 * HOUR, 10 * MINUTE, [service]);
    expect(service.state('aem-dev')).toBe('degraded');
    expect(service.served('aem-dev')).not.toBeNull();
  });

  it('asks less and less often while IMS fails, down to about every five minutes', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    const service = world.process();
    await service.start();
    world.ims.always('aem-dev', DOWN);
    world.clock.advance(millis(0.56 * DAY));
    await world.pass(HOUR, SECOND, [service]);
    const first = world.ims.exchanges('aem-dev');
    await world.pass(HOUR, SECOND, [service]);
    const second = world.ims.exchanges('aem-dev') - first;
    expect(first).toBeLessThan(40);
    // A back-off of at most 300 s, the dice always showing one half.
    expect(second).toBeGreaterThanOrEqual(12);
    expect(second).toBeLessThanOrEqual(24);
  });

  it.each([60, 120, 240])(
    'leaves callers no gap when IMS is back %i seconds before the token can no longer be served',
    async (runway) => {
      for (let dice = 0.05; dice < 1; dice += 0.1) {
        const world = new World();
        world.source.put(oauthDocument('aem-dev'));
        const service = world.process(undefined, () => dice);
        await service.start();
        world.ims.always('aem-dev', DOWN);
        world.clock.advance(millis(0.56 * DAY));
        const outage = service.remaining('aem-dev') - (60 + runway) * SECOND;
        await world.pass(outage, 5 * SECOND, [service]);
        world.ims.always('aem-dev', { life: millis(DAY) });
        await world.pass(runway * SECOND, SECOND, [service], () => {
          expect(service.served('aem-dev'), `dice ${dice}`).not.toBeNull();
        });
        expect(service.remaining('aem-dev')).toBeGreaterThan(DAY / 2);
      }
    },
  );

  it('fetches the first token within 20 seconds of the end of an outage', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    world.ims.always('aem-dev', DOWN);
    const service = world.process(undefined, () => 0.999);
    await service.start();
    await world.pass(HOUR, SECOND, [service]);
    world.ims.always('aem-dev', { life: millis(DAY) });
    await world.pass(20 * SECOND, SECOND, [service]);
    expect(service.served('aem-dev')).not.toBeNull();
  });

  it('waits as long as Retry-After asks', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    world.ims.next('aem-dev', failing('ims_throttled', { retryAfter: millis(10 * MINUTE) }));
    const service = world.process();
    await service.start();
    await world.pass(10 * MINUTE - SECOND, SECOND, [service]);
    expect(world.ims.exchanges('aem-dev')).toBe(1);
    await world.pass(SECOND, SECOND, [service]);
    expect(world.ims.exchanges('aem-dev')).toBe(2);
    expect(service.state('aem-dev')).toBe('healthy');
  });
});
