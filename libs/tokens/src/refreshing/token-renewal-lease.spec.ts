import { millis } from '#libs/tokens';
import { expect, it } from 'vitest';

import { failing } from '../../../../test/fakes/scripted-ims-client.ts';
import { ScriptedCredentialSource } from '../../../../test/fakes/scripted-credential-source.ts';
import { named, oauthDocument, SECOND } from '../../../../test/support/tokens/documents.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const NAME = named('aem-dev');

it.each([
  ['starts no exchange with a newer version after its lease is over', 60, 1],
  ['tries a newer version while it has the lease', 5, 2],
])('a renewal %s', async (_what, seconds, exchanges) => {
  const world = new World();
  const source = new ScriptedCredentialSource();
  source.put(oauthDocument(NAME));
  const process = world.process(source);
  world.ims.next(NAME, failing('ims_invalid_client_secret', { retryable: false }));
  const read = source.read.bind(source);
  source.read = async (...args) => {
    source.put(oauthDocument(NAME, 'v2'));
    world.clock.advance(millis(seconds * SECOND));
    return read(...args);
  };
  await process.start();
  expect(world.ims.exchanges()).toBe(exchanges);
});
