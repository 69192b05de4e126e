import { later, millis, type OtherVersions, type SourcedCredential } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing } from '../../../../test/fakes/scripted-ims-client.ts';
import {
  brokenDocument,
  DAY,
  HOUR,
  MINUTE,
  named,
  oauthDocument,
  SECOND,
  serviceCredential,
} from '../../../../test/support/tokens/documents.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const NAME = named('aem-dev');
const REFUSED = failing('ims_invalid_client_secret', { retryable: false });

/** One version of one document; its client id is the version's, so that each can be refused on its own. */
function version(name: string, others: Partial<OtherVersions> = {}): SourcedCredential {
  const document = oauthDocument('aem-dev', name);
  if (document.content.kind !== 'oauth') throw new Error('an OAuth document was asked for');
  return {
    ...document,
    content: { ...document.content, clientId: name },
    otherVersions: { pending: null, previous: null, ...others },
  };
}

async function running() {
  const world = new World();
  world.source.put(version('v1'));
  const service = world.process();
  await service.start();
  const report = () => service.tokens.get(NAME)?.status;
  const rotateTo = async (document: SourcedCredential): Promise<void> => {
    world.source.put(document);
    world.source.stage('AWSPREVIOUS', version('v1'));
    await service.pollSource();
  };
  return { world, service, report, rotateTo };
}

describe('a rotation', () => {
  it('mints with the new version at once', async () => {
    const { service, report, rotateTo } = await running();
    await rotateTo(version('v2', { previous: 'v1' }));
    expect(service.served('aem-dev')).toContain('of-v2');
    expect(report()).toMatchObject({ version: 'v2', stage: 'AWSCURRENT', failing: false });
  });

  it('to a refused version keeps the token in service, reports the refusal, and mints with the previous version when due', async () => {
    const { world, service, report, rotateTo } = await running();
    const before = service.served('aem-dev');
    world.ims.always('v2', REFUSED);
    await rotateTo(version('v2', { previous: 'v1' }));
    expect(service.served('aem-dev')).toBe(before);
    expect(service.state('aem-dev')).toBe('degraded');
    expect(report()).toMatchObject({ version: 'v1', stage: 'AWSPREVIOUS' });
    expect(report()?.lastFailure?.code).toBe('ims_invalid_client_secret');
    expect(world.ims.exchanges('v1')).toBe(1);
    let gaps = 0;
    await world.pass(3 * DAY, MINUTE, [service], () => {
      if (service.served('aem-dev') === null) gaps += 1;
    });
    expect(gaps).toBe(0);
    expect(service.heard('credential.fell-back')).toBeGreaterThanOrEqual(5);
    expect(world.ims.exchanges('v1')).toBeLessThanOrEqual(8);
    expect(service.state('aem-dev')).toBe('degraded');
  });

  it('to an unusable document does the same without asking IMS repeatedly', async () => {
    const { world, service, report, rotateTo } = await running();
    await rotateTo({ ...brokenDocument('aem-dev', 'v2'), otherVersions: { pending: null, previous: 'v1' } });
    expect(report()).toMatchObject({ version: 'v1', stage: 'AWSPREVIOUS', failing: true });
    await world.pass(2 * DAY, MINUTE, [service]);
    expect(service.served('aem-dev')).toContain('of-v1');
    expect(service.state('aem-dev')).toBe('degraded');
    expect(world.ims.exchanges()).toBeLessThanOrEqual(6);
  });

  it('back to a good version ends the fallback', async () => {
    const { world, service, report, rotateTo } = await running();
    world.ims.always('v2', REFUSED);
    await rotateTo(version('v2', { previous: 'v1' }));
    await rotateTo(version('v3', { previous: 'v2' }));
    expect(service.served('aem-dev')).toContain('of-v3');
    expect(service.state('aem-dev')).toBe('healthy');
    expect(report()).toMatchObject({ version: 'v3', stage: 'AWSCURRENT', failing: false });
  });

  it('that is newer than the last poll is found before a refusal counts', async () => {
    const { world, service, report } = await running();
    world.ims.always('v1', REFUSED);
    world.source.stage('AWSCURRENT', version('v2', { previous: 'v1' }));
    await world.pass(14 * HOUR, MINUTE, [service]);
    expect(service.served('aem-dev')).toContain('of-v2');
    expect(service.heard('exchange.failed')).toBe(0);
    expect(report()).toMatchObject({ version: 'v2', failing: false });
    expect(world.ims.exchanges()).toBe(3);
  });

  it('falls back at a start too, when no token is cached', async () => {
    const world = new World();
    world.ims.always('v2', REFUSED);
    world.source.put(version('v2', { previous: 'v1' }));
    world.source.stage('AWSPREVIOUS', version('v1'));
    const service = world.process();
    await service.start();
    expect(service.served('aem-dev')).toContain('of-v1');
    expect(service.state('aem-dev')).toBe('degraded');
  });

  it('does not fall back while IMS is only down', async () => {
    const { world, service, rotateTo } = await running();
    world.ims.always('v2', failing('ims_unavailable'));
    await rotateTo(version('v2', { previous: 'v1' }));
    await world.pass(13 * HOUR, MINUTE, [service]);
    expect(world.ims.exchanges('v1')).toBe(1);
    world.ims.always('v2', { life: millis(DAY) });
    await world.pass(10 * MINUTE, SECOND, [service]);
    expect(service.served('aem-dev')).toContain('of-v2');
  });
});

describe('a pending version', () => {
  const withPending = async (answer?: Parameters<World['ims']['always']>[1]) => {
    const { world, service, report } = await running();
    if (answer !== undefined) world.ims.always('v2', answer);
    world.source.put(version('v1', { pending: 'v2' }));
    world.source.stage('AWSPENDING', version('v2'));
    await service.pollSource();
    const tryAll = async (): Promise<void> => void (await Promise.all(service.trials.tryPending()));
    await tryAll();
    return { world, service, report, tryAll };
  };

  it('is tried once, and its token is never vended', async () => {
    const { world, service, report, tryAll } = await withPending();
    expect(report()?.pending).toMatchObject({ version: 'v2', failure: null });
    expect(service.served('aem-dev')).toContain('of-v1');
    await tryAll();
    expect(world.ims.exchanges('v2')).toBe(1);
    expect(service.heard('credential.tried')).toBe(1);
    expect(service.state('aem-dev')).toBe('healthy');
  });

  it('that IMS refuses is reported, without harm to the current version', async () => {
    const { service, report } = await withPending(REFUSED);
    expect(report()?.pending?.failure?.code).toBe('ims_invalid_client_secret');
    expect(report()?.failing).toBe(false);
    expect(service.state('aem-dev')).toBe('healthy');
  });

  it('is tried again if IMS was only down', async () => {
    const { world, report, tryAll } = await withPending(failing('ims_unavailable'));
    expect(report()?.pending).toBeNull();
    world.ims.always('v2', { life: millis(DAY) });
    world.clock.advance(millis(HOUR));
    await tryAll();
    expect(report()?.pending).toMatchObject({ version: 'v2', failure: null });
  });

  it('is forgotten once it is promoted', async () => {
    const { world, service, report } = await withPending();
    world.source.put(version('v2', { previous: 'v1' }));
    await service.pollSource();
    expect(report()).toMatchObject({ version: 'v2', pending: null });
    expect(service.served('aem-dev')).toContain('of-v2');
  });
});

describe('a certificate that expires', () => {
  it('causes a warning at 30, 14, 7, 3 and 1 days, once over all processes', async () => {
    const world = new World();
    const notAfter = later(world.clock.now(), millis(40 * DAY));
    world.source.put(serviceCredential(notAfter));
    const services = [world.process(), world.process()];
    for (const service of services) await service.pollSource();
    for (let day = 0; day < 40; day += 0.5) {
      for (const { certificates } of services) await certificates.check();
      world.clock.advance(millis(DAY / 2));
    }
    const warnings = services
      .flatMap(({ events }) => events)
      .filter(({ type }) => type === 'certificate.expiring');
    expect(warnings.map((event) => 'daysLeft' in event && Math.round(event.daysLeft))).toEqual([
      30, 14, 7, 3, 1,
    ]);
  });

  it('causes a later warning if the store was down', async () => {
    const world = new World();
    world.source.put(serviceCredential(later(world.clock.now(), millis(5 * DAY))));
    const service = world.process();
    world.store.fail();
    await service.pollSource();
    await service.certificates.check();
    expect(service.heard('certificate.expiring')).toBe(0);
    world.store.recover();
    await service.sync.poll();
    await service.certificates.check();
    await service.certificates.check();
    expect(service.heard('certificate.expiring')).toBe(1);
  });
});
