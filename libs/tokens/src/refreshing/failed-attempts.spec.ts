import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing } from '../../../../test/fakes/scripted-ims-client.ts';
import { MINUTE, oauthDocument, SECOND } from '../../../../test/support/tokens/documents.ts';
import { NAME } from '../../../../test/support/tokens/served.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const FAILURES = [
  ['an outage', failing('ims_unavailable')],
  ['a refusal', failing('ims_invalid_client_secret', { retryable: false })],
  ['a throttling', failing('ims_throttled', { retryAfter: millis(2 * MINUTE) })],
] as const;

describe.each(FAILURES)('after %s that one process met', (_, failure) => {
  it('every process waits for the same next attempt', async () => {
    const world = new World();
    world.source.put(oauthDocument(NAME));
    world.ims.always(NAME, failure);
    const processes = [world.process(), world.process(), world.process()];
    const [first] = processes;
    for (const each of processes) await each.start();
    expect(world.ims.exchanges()).toBe(1);
    const until = first?.tokens.get(NAME)?.status?.nextAttemptAt ?? 0;
    const wait = until - world.clock.now();
    expect(wait).toBeGreaterThan(0);
    await world.pass(wait - 100, Math.max(1, (wait - 100) / 10), processes);
    expect(world.ims.exchanges()).toBe(1);
  });

  it('all attempts of all processes count as one row', async () => {
    const world = new World();
    world.source.put(oauthDocument(NAME));
    world.ims.always(NAME, failure);
    const processes = [world.process(), world.process(), world.process()];
    for (const each of processes) await each.start();
    await world.pass(20 * MINUTE, SECOND, processes);
    const [row] = processes.map((each) => each.tokens.get(NAME)?.status?.attempt?.failuresInARow);
    expect(world.ims.exchanges()).toBe(row);
    expect(row).toBeGreaterThan(1);
  });
});
