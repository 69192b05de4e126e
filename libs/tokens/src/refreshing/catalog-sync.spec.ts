import { millis, SourceUnavailable } from '#libs/tokens';
import { describe, expect, it, vi } from 'vitest';

import { failing } from '../../../../test/fakes/scripted-ims-client.ts';
import { ScriptedCredentialSource } from '../../../../test/fakes/scripted-credential-source.ts';
import {
  brokenDocument,
  DAY,
  HOUR,
  MINUTE,
  named,
  oauthDocument,
  SECOND,
  tokenOf,
} from '../../../../test/support/tokens/documents.ts';
import { World } from '../../../../test/support/tokens/world.ts';

describe('a stored document that changes', () => {
  it('is exchanged at once, and the old token is served until then', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev', 'v1'));
    const service = world.process();
    await service.start();
    const old = service.served('aem-dev');
    const { promise, resolve } = Promise.withResolvers<void>();
    world.ims.next('aem-dev', { after: promise, answer: { life: millis(DAY) } });
    world.source.put(oauthDocument('aem-dev', 'v2'));
    await service.refresher.syncWithSource();
    await vi.waitFor(() => expect(world.ims.exchanges()).toBe(2));
    expect(service.served('aem-dev')).toBe(old);
    resolve();
    await service.refresh();
    expect(service.served('aem-dev')).not.toBe(old);
    expect(service.tokens.get('aem-dev')?.cached?.record.version).toBe('v2');
    expect(service.tokens.get('aem-dev')?.status).toMatchObject({ version: 'v2', failing: false });
  });

  it('is exchanged at once even while the previous version backs off', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev', 'v1'));
    world.ims.next('aem-dev', failing('ims_invalid_client_secret', { retryable: false }));
    const service = world.process();
    await service.start();
    world.source.put(oauthDocument('aem-dev', 'v2'));
    await service.pollSource();
    expect(service.state('aem-dev')).toBe('healthy');
  });

  it('leaves the old token in service while IMS refuses the new version', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev', 'v1'));
    const service = world.process();
    await service.start();
    const old = service.served('aem-dev');
    world.ims.always('aem-dev', failing('ims_invalid_client_secret', { retryable: false }));
    world.source.put(oauthDocument('aem-dev', 'v2'));
    await service.pollSource();
    await world.pass(HOUR, MINUTE, [service]);
    expect(service.served('aem-dev')).toBe(old);
    expect(service.state('aem-dev')).toBe('degraded');
  });

  it('causes no exchange before the renewal if it became unusable, and status has the reason', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev', 'v1'));
    const service = world.process();
    await service.start();
    world.source.put(brokenDocument('aem-dev', 'v2'));
    await service.pollSource();
    await world.pass(10 * HOUR, 10 * MINUTE, [service]);
    expect(world.ims.exchanges()).toBe(1);
    expect(service.served('aem-dev')).not.toBeNull();
    expect(service.state('aem-dev')).toBe('degraded');
    expect(service.tokens.get('aem-dev')?.status?.lastFailure?.code).toBe('credential_invalid_json');

    world.source.put(oauthDocument('aem-dev', 'v3'));
    await service.pollSource();
    expect(service.state('aem-dev')).toBe('healthy');
  });

  it('keeps its unusable state in status when an exchange of the previous version ends later', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev', 'v1'));
    const { promise, resolve } = Promise.withResolvers<void>();
    world.ims.next('aem-dev', { after: promise, answer: { life: millis(DAY) } });
    const service = world.process();
    await service.refresher.syncWithSource();
    await vi.waitFor(() => expect(world.ims.exchanges()).toBe(1));
    world.source.put(brokenDocument('aem-dev', 'v2'));
    await service.refresher.syncWithSource();
    resolve();
    await service.refresh();
    expect(service.state('aem-dev')).toBe('degraded');
    expect(service.tokens.get('aem-dev')?.status).toMatchObject({ version: 'v2', failing: true });
  });

  it('makes processes that read two versions renew once each, not against each other', async () => {
    const world = new World();
    const lagging = new ScriptedCredentialSource();
    world.source.put(oauthDocument('aem-dev', 'v1'));
    lagging.put(oauthDocument('aem-dev', 'v1'));
    const [ahead, behind] = [world.process(), world.process(lagging)];
    behind.sync.watch();
    ahead.sync.watch();
    await ahead.start();
    await behind.start();
    await world.pass(SECOND, SECOND, [ahead, behind]);
    world.source.put(oauthDocument('aem-dev', 'v2'));
    await ahead.pollSource();
    await world.pass(MINUTE, SECOND, [ahead, behind]);
    expect(world.ims.exchanges()).toBe(2);
    expect(behind.tokens.get('aem-dev')?.cached?.record.version).toBe('v2');
    lagging.put(oauthDocument('aem-dev', 'v2'));
    await behind.pollSource();
    await world.pass(MINUTE, SECOND, [ahead, behind]);
    expect(world.ims.exchanges()).toBe(2);
  });

  it('causes no exchange of a version that was replaced meanwhile and whose successor has a token', async () => {
    const world = new World();
    const lagging = new ScriptedCredentialSource();
    world.source.put(oauthDocument('aem-dev', 'v1'));
    lagging.put(oauthDocument('aem-dev', 'v1'));
    const [ahead, behind] = [world.process(), world.process(lagging)];
    await ahead.start();
    await behind.start();
    world.source.put(oauthDocument('aem-dev', 'v3'));
    await ahead.pollSource();
    lagging.put(oauthDocument('aem-dev', 'v2'));
    lagging.stage('AWSCURRENT', oauthDocument('aem-dev', 'v3'));
    await behind.sync.poll();
    await behind.pollSource();
    await world.pass(MINUTE, SECOND, [ahead, behind]);
    expect(world.ims.exchanges()).toBe(2);
    expect(behind.tokens.get('aem-dev')?.cached?.record.version).toBe('v3');
  });

  it('causes no exchange of a refused version whose successor has a token while the source answers late', async () => {
    const world = new World();
    const lagging = new ScriptedCredentialSource();
    world.source.put(oauthDocument('aem-dev', 'v1'));
    lagging.put(oauthDocument('aem-dev', 'v1'));
    const [ahead, behind] = [world.process(), world.process(lagging)];
    await ahead.start();
    await behind.start();
    world.source.put(oauthDocument('aem-dev', 'v3'));
    await ahead.pollSource();
    lagging.put(oauthDocument('aem-dev', 'v2'));
    world.ims.next('aem-dev', failing('ims_invalid_client_secret', { retryable: false }));
    const read = lagging.read.bind(lagging);
    lagging.read = async () => {
      lagging.read = read;
      lagging.stage('AWSCURRENT', oauthDocument('aem-dev', 'v3'));
      throw new SourceUnavailable('scripted outage');
    };
    await behind.sync.poll();
    await behind.pollSource();
    expect(world.ims.exchanges()).toBe(3);
    expect(behind.tokens.get('aem-dev')?.cached?.record.version).toBe('v3');
  });

  it('is not exchanged again when another process publishes an older version', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev', 'v2'));
    const service = world.process();
    await service.start();
    await service.sync.publish({
      name: named('aem-dev'),
      generation: service.sync.nextGeneration(named('aem-dev')),
      token: tokenOf('by another process', DAY, world.clock.now()),
      version: 'v1',
    });
    await service.refresh();
    expect(world.ims.exchanges()).toBe(1);
  });

  it('changes nothing while its source cannot be read, whichever error it throws', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    const service = world.process();
    await service.start();
    for (const failure of [undefined, new TypeError('a defect that quotes s3cret')]) {
      world.source.fail(failure);
      await service.pollSource();
      await service.pollSource();
      expect(service.state('aem-dev')).toBe('healthy');
      world.source.recover();
      await service.pollSource();
    }
    expect(service.events.filter(({ type }) => type.startsWith('source.')).map(({ type }) => type)).toEqual([
      'source.up',
      'source.down',
      'source.up',
      'source.down',
      'source.up',
    ]);
    expect(JSON.stringify(service.events)).not.toContain('s3cret');
  });
});
