import { instant, later, millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import {
  DAY,
  HOUR,
  localDocument,
  MINUTE,
  SECOND,
  tokenOf,
} from '../../../../test/support/tokens/documents.ts';
import { World } from '../../../../test/support/tokens/world.ts';

describe('a local development token', () => {
  it('is published once, served until it expires, and never renewed', async () => {
    const world = new World();
    world.source.put(localDocument('aem-local', tokenOf('local-1')));
    const service = world.process();
    await service.start();
    await world.pass(21 * HOUR, 10 * MINUTE, [service]);
    expect(service.state('aem-local')).toBe('healthy');
    await world.pass(2 * HOUR, 10 * MINUTE, [service]);
    expect(service.served('aem-local')).toBe('local-1');
    expect(service.state('aem-local')).toBe('degraded');
    expect(service.tokens.get('aem-local')?.status?.lastFailure?.code).toBe('local_token_expiring');
    expect(world.store.count('publish')).toBe(1);
    expect(world.ims.exchanges()).toBe(0);
  });

  it('states the remedy once it has expired, and only once', async () => {
    const world = new World();
    world.source.put(localDocument('aem-local', tokenOf('local-1')));
    const service = world.process();
    await service.start();
    await world.pass(DAY + HOUR, 10 * MINUTE, [service]);
    expect(service.state('aem-local')).toBe('expired');
    const report = service.tokens.get('aem-local')?.status;
    expect(report).toMatchObject({ failing: true, lastFailure: { code: 'local_token_expired' } });
    const reports = world.store.count('report');
    await world.pass(HOUR, 10 * MINUTE, [service]);
    expect(world.store.count('report')).toBe(reports);
    expect(world.store.count('publish')).toBe(1);
  });

  it('is published once even if it expired before it was read, so that status shows it', async () => {
    const world = new World();
    const longAgo = instant(world.clock.now() - 3 * DAY);
    world.source.put(localDocument('aem-local', tokenOf('stale', DAY, longAgo)));
    const service = world.process();
    await service.start();
    await world.pass(MINUTE, SECOND, [service]);
    expect(service.state('aem-local')).toBe('expired');
    expect(service.vendor.vend('aem-local')).toMatchObject({ outcome: 'token_expired', retryAfter: 60 });
    expect(world.store.count('publish')).toBe(1);
  });

  it('returns to service as soon as a new one is stored', async () => {
    const world = new World();
    const longAgo = instant(world.clock.now() - 3 * DAY);
    world.source.put(localDocument('aem-local', tokenOf('stale', DAY, longAgo), 'v1'));
    const service = world.process();
    await service.start();
    world.source.put(localDocument('aem-local', tokenOf('fresh'), 'v2'));
    await service.pollSource();
    expect(service.served('aem-local')).toBe('fresh');
    expect(service.state('aem-local')).toBe('healthy');
  });

  it('does not replace a token that callers can still use once it has expired', async () => {
    const world = new World();
    world.source.put(localDocument('aem-local', tokenOf('good'), 'v1'));
    const service = world.process();
    await service.start();
    const longAgo = instant(world.clock.now() - 3 * DAY);
    world.source.put(localDocument('aem-local', tokenOf('stale', DAY, longAgo), 'v2'));
    await service.pollSource();
    const reports = world.store.count('report');
    await world.pass(MINUTE, SECOND, [service]);
    expect(world.store.count('report')).toBe(reports);
    expect(service.served('aem-local')).toBe('good');
    expect(service.state('aem-local')).toBe('degraded');
    expect(world.store.count('publish')).toBe(1);
  });

  it('tells callers to return before its expiry, not halfway through its lifetime', async () => {
    const world = new World();
    world.source.put(localDocument('aem-local', tokenOf('local-1')));
    const service = world.process();
    await service.start();
    const vended = service.vendor.vend('aem-local');
    expect(vended).toMatchObject({ outcome: 'vended', expiresIn: 86_400, refreshIn: 86_399 });
    expect(service.tokens.get('aem-local')?.cached?.token.expiresAt).toBe(
      later(world.clock.now(), millis(DAY)),
    );
  });
});
