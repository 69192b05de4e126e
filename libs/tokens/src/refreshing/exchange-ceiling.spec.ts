import { expect, it } from 'vitest';

import { HOUR, MINUTE, named, oauthDocument, SECOND } from '../../../../test/support/tokens/documents.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const NAME = named('aem-dev');

it('a process mints at most forty tokens of a credential in an hour, for any reason', async () => {
  const world = new World();
  const process = world.process();
  await process.start();
  for (let version = 0; version < 120; version += 1) {
    world.source.put(oauthDocument(NAME, `v${version}`));
    await process.pollSource();
    await world.pass(20 * SECOND, SECOND, [process]);
  }
  expect(world.ims.exchanges()).toBe(40);
  expect(process.served(NAME)).not.toBeNull();
  await world.pass(HOUR, MINUTE, [process]);
  expect(world.ims.exchanges()).toBe(41);
  expect(process.tokens.get(NAME)?.cached?.record.version).toBe('v119');
});

it('leaves the tokens of other credentials alone', async () => {
  const world = new World();
  const process = world.process();
  await process.start();
  for (let version = 0; version < 60; version += 1) {
    world.source.put(oauthDocument(NAME, `v${version}`));
    await process.pollSource();
  }
  world.source.put(oauthDocument('aem-stage'));
  await process.pollSource();
  expect(process.served('aem-stage')).not.toBeNull();
});
