import { millis, type ExchangeFailureCode } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing, type ScriptedAnswer } from '../../../../test/fakes/scripted-ims-client.ts';
import { DAY, HOUR, MINUTE, oauthDocument } from '../../../../test/support/tokens/documents.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const DOWN: ScriptedAnswer = failing('ims_unavailable');

describe('TokenRefresher with many credentials', () => {
  it('is not delayed by credentials that fail', async () => {
    const world = new World();
    const names = Array.from({ length: 200 }, (_, index) => `aem-${index}`);
    world.source.put(...names.map((name) => oauthDocument(name)));
    const bad = names.slice(0, 150);
    const codes: ExchangeFailureCode[] = ['ims_timeout', 'ims_invalid_client_secret', 'ims_throttled'];
    for (const [index, name] of bad.entries())
      world.ims.always(name, failing(codes[index % 3] ?? 'ims_refused'));
    const service = world.process();
    await service.start();
    for (let tick = 0; tick < 4; tick++) await service.tick();
    for (const name of names.slice(150)) {
      expect(service.state(name)).toBe('healthy');
      expect(world.ims.exchanges(name)).toBe(1);
    }
    await world.pass(2 * DAY, 10 * MINUTE, [service], () => {
      for (const name of names.slice(150)) expect(service.remaining(name)).toBeGreaterThan(10 * HOUR);
    });
  });

  it('makes one exchange, however many ticks come while it runs', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    const { promise, resolve } = Promise.withResolvers<void>();
    world.ims.next('aem-dev', { after: promise, answer: { life: millis(DAY) } });
    const service = world.process();
    await service.sync.poll();
    await service.refresher.syncWithSource();
    const inFlight = Array.from({ length: 100 }, () => service.refresher.refreshDue()).flat();
    resolve();
    await Promise.all(inFlight);
    expect(new Set(inFlight).size).toBe(1);
    expect(world.ims.exchanges()).toBe(1);
    expect(service.heard('token.minted')).toBe(1);
    expect(service.refresher.refreshDue()).toEqual([]);
  });

  it('starts no exchange while the store has a token that is not due', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    await world.process().start();
    for (let restart = 0; restart < 50; restart++) await world.process().start();
    expect(world.ims.exchanges()).toBe(1);
  });

  it('tries every due credential once before a start ends, failing ones included', async () => {
    const world = new World();
    const names = Array.from({ length: 300 }, (_, index) => `aem-${index}`);
    world.source.put(...names.map((name) => oauthDocument(name)));
    for (const name of names.slice(0, 100)) world.ims.always(name, DOWN);
    const service = world.process();
    await service.sync.poll();
    await service.refresher.syncWithSource();
    await service.refresher.refreshAllDue();
    expect(names.map((name) => world.ims.exchanges(name))).toEqual(names.map(() => 1));
  });

  it('fetches five thousand tokens at a start with one exchange each', async () => {
    const world = new World();
    world.source.put(...Array.from({ length: 5_000 }, (_, index) => oauthDocument(`aem-${index}`)));
    const service = world.process();
    await service.refresher.syncWithSource();
    await service.refresher.refreshAllDue();
    for (let tick = 0; tick < 5; tick++) await service.tick();
    expect(world.ims.exchanges()).toBe(5_000);
    expect(service.vendor.vend('aem-4999').outcome).toBe('vended');
  });
});
