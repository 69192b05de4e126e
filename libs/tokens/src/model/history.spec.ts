import { MAX_HISTORY_ENTRIES, millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing } from '../../../../test/fakes/scripted-ims-client.ts';
import {
  brokenDocument,
  DAY,
  HOUR,
  localDocument,
  MINUTE,
  oauthDocument,
  SECOND,
  tokenOf,
} from '../../../../test/support/tokens/documents.ts';
import type { TokenProcess } from '../../../../test/support/tokens/token-process.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const REFUSED = failing('ims_invalid_client_secret', { retryable: false });

const historyOf = (process: TokenProcess, name = 'aem-dev') =>
  process.tokens.get(name)?.status?.history ?? [];
const typesOf = (process: TokenProcess, name?: string) => historyOf(process, name).map(({ type }) => type);

async function running() {
  const world = new World();
  world.source.put(oauthDocument('aem-dev'));
  const service = world.process();
  await service.start();
  return { world, service };
}

describe('the history of a credential', () => {
  it('records the first token and every renewal', async () => {
    const { world, service } = await running();
    const start = world.clock.now();
    await world.pass(26 * HOUR, 10 * MINUTE, [service]);
    expect(typesOf(service)).toEqual(['refreshed', 'refreshed', 'refreshed']);
    expect(historyOf(service)[0]).toEqual({
      type: 'refreshed',
      code: null,
      since: start,
      at: start,
      count: 1,
    });
  });

  it('distinguishes a rotation from a renewal', async () => {
    const { world, service } = await running();
    world.source.put(oauthDocument('aem-dev', 'v2'));
    await service.pollSource();
    await world.pass(13 * HOUR, 10 * MINUTE, [service]);
    expect(typesOf(service)).toEqual(['refreshed', 'rotated', 'refreshed']);
  });

  it('counts the same failure in a row, from the first time to the last', async () => {
    const { world, service } = await running();
    world.ims.always('aem-dev', failing('ims_unavailable'));
    await world.pass(14 * HOUR, MINUTE, [service]);
    const [, failed] = historyOf(service);
    expect(historyOf(service)).toHaveLength(2);
    expect(failed).toMatchObject({ type: 'failed', code: 'ims_unavailable' });
    expect(failed?.count).toBeGreaterThan(5);
    expect(failed?.at).toBeGreaterThan(failed?.since ?? Infinity);

    world.ims.always('aem-dev', failing('ims_timeout'));
    await world.pass(10 * MINUTE, MINUTE, [service]);
    world.ims.always('aem-dev', { life: millis(DAY) });
    await world.pass(10 * MINUTE, MINUTE, [service]);
    expect(typesOf(service)).toEqual(['refreshed', 'failed', 'failed', 'refreshed']);
  });

  it('records that the previous version minted the token', async () => {
    const world = new World();
    const current = oauthDocument('aem-dev', 'v2');
    world.source.put({ ...current, otherVersions: { pending: null, previous: 'v1' } });
    world.source.stage('AWSPREVIOUS', oauthDocument('aem-dev', 'v1'));
    world.ims.next('aem-dev', REFUSED, { life: millis(DAY) });
    const service = world.process();
    await service.start();
    expect(historyOf(service)).toMatchObject([{ type: 'fell-back', code: 'ims_invalid_client_secret' }]);
  });

  it('records an unusable document once, however many processes find it', async () => {
    const world = new World();
    world.source.put(brokenDocument('aem-dev'));
    const first = world.process();
    await first.start();
    const second = world.process();
    await second.start();
    await first.tick();
    for (const process of [first, second]) {
      expect(historyOf(process)).toMatchObject([
        { type: 'problem', code: 'credential_invalid_json', count: 1 },
      ]);
    }
  });

  it('records the arrival and the expiry of a local token', async () => {
    const world = new World();
    world.source.put(localDocument('aem-local', tokenOf('local-1')));
    const service = world.process();
    await service.start();
    await world.pass(DAY + HOUR, 10 * MINUTE, [service]);
    expect(historyOf(service, 'aem-local').map(({ type, code }) => code ?? type)).toEqual([
      'refreshed',
      'local_token_expiring',
      'local_token_expired',
    ]);
  });

  it('is bounded, and drops the oldest entries', async () => {
    const world = new World();
    world.source.put(oauthDocument('aem-dev'));
    world.ims.always('aem-dev', { life: millis(10 * SECOND) });
    const service = world.process();
    await service.start();
    await world.pass(10 * MINUTE, 500, [service]);
    expect(historyOf(service)).toHaveLength(MAX_HISTORY_ENTRIES);
    expect(historyOf(service)[0]?.at).toBeGreaterThan(world.clock.now() - 5 * MINUTE);
  });

  it('survives a restart, and is the same in every process', async () => {
    const { world, service } = await running();
    await world.pass(13 * HOUR, 10 * MINUTE, [service]);
    const restarted = world.process();
    await restarted.start();
    await world.pass(13 * HOUR, 10 * MINUTE, [restarted]);
    await service.tick();
    expect(typesOf(restarted)).toEqual(['refreshed', 'refreshed', 'refreshed']);
    expect(historyOf(service)).toEqual(historyOf(restarted));
  });
});
