import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ScriptedCredentialSource } from '../../../../test/fakes/scripted-credential-source.ts';
import { DAY, HOUR, MINUTE, oauthDocument, SECOND } from '../../../../test/support/tokens/documents.ts';
import { NAME, served } from '../../../../test/support/tokens/served.ts';
import { World } from '../../../../test/support/tokens/world.ts';

describe('a credential that returns to its source', () => {
  it.each([
    ['the store answers', false],
    ['the store is down', true],
  ])('gets back the token of before, without an exchange, while %s', async (_, isDown) => {
    const { world, service } = await served();
    const before = service.served(NAME);
    if (isDown) world.store.fail();
    await world.remove(NAME, service);
    expect(service.served(NAME)).toBeNull();
    await world.pass(10 * MINUTE, MINUTE, [service], () => expect(service.served(NAME)).toBeNull());
    world.source.put(oauthDocument(NAME));
    await service.pollSource();
    expect(service.served(NAME)).toBe(before);
    expect(service.state(NAME)).toBe('healthy');
    expect(world.ims.exchanges()).toBe(1);
  });

  it('gets it back in every process', async () => {
    const { world, service } = await served();
    const other = world.process();
    await other.start();
    const before = service.served(NAME);
    await world.remove(NAME, service);
    await other.tick();
    expect(other.served(NAME)).toBeNull();
    world.source.put(oauthDocument(NAME));
    await other.pollSource();
    await service.pollSource();
    await world.pass(SECOND, SECOND, [service, other]);
    expect([service.served(NAME), other.served(NAME)]).toEqual([before, before]);
    expect(world.ims.exchanges()).toBe(1);
  });

  it.each([
    ['in another version', 'v2', MINUTE],
    ['when the token is due', 'v1', 15 * HOUR],
    ['when the token is over', 'v1', 2 * DAY],
  ])('gets a new token %s', async (_, version, absence) => {
    const { world, service } = await served();
    const before = service.served(NAME);
    await world.remove(NAME, service);
    world.clock.advance(millis(absence));
    world.source.put(oauthDocument(NAME, version));
    await service.pollSource();
    expect(service.served(NAME)).not.toBe(before);
    expect(service.served(NAME)).not.toBeNull();
    expect(world.ims.exchanges()).toBe(2);
  });

  it('gets a new token where IMS has invalidated that of before', async () => {
    const { world, service } = await served();
    const before = service.tokens.get(NAME)?.cached?.token;
    await world.remove(NAME, service);
    await world.store.noteRevoked(NAME, before?.sha256 ?? '');
    world.source.put(oauthDocument(NAME));
    await service.pollSource();
    expect(service.served(NAME)).not.toBe(before?.reveal());
    expect(service.served(NAME)).not.toBeNull();
  });

  it('gets a new token where another process had replaced that of before', async () => {
    const { world, service } = await served();
    const other = world.process();
    await other.start();
    const rejected = other.tokens.get(NAME)?.cached?.token.sha256 ?? '';
    await service.replacement.replace(
      { name: NAME, tokenSha256: rejected, caller: 'a' },
      'report',
      millis(1_000),
    );
    await world.remove(NAME, service);
    await other.sync.poll();
    expect(other.tokens.quarantined(NAME)).toBeNull();
    world.source.put(oauthDocument(NAME));
    await other.pollSource();
    expect(other.tokens.get(NAME)?.cached?.token.sha256).not.toBe(rejected);
  });
});

/** Two processes, each with a source of its own. */
async function divided() {
  const world = new World();
  const [left, right] = [new ScriptedCredentialSource(), new ScriptedCredentialSource()];
  const sources = [left, right];
  for (const source of sources) source.put(oauthDocument(NAME), oauthDocument('aem-stage'));
  const [one, other] = [world.process(left), world.process(right)];
  for (const each of [one, other]) each.sync.watch();
  await one.start();
  await other.start();
  world.clock.advance(millis(SECOND));
  return { world, left, right, one, other };
}

describe('two processes with different sources', () => {
  it.each([
    ['never again', Infinity],
    ['after ten minutes', 10 * MINUTE],
  ])(
    'let a removal win while the other source cannot be read, and it is readable %s',
    async (_, readableAfter) => {
      const { world, left, right, one, other } = await divided();
      right.fail();
      left.drop(NAME);
      await one.pollSource();
      let vended = 0;
      for (let second = 0; second < 20 * MINUTE; second += SECOND) {
        if (second === readableAfter) right.recover();
        await world.pass(SECOND, SECOND, [one, other]);
        if (second % (10 * SECOND) === 0) {
          await one.pollSource();
          await other.pollSource();
        }
        if (one.served(NAME) !== null) vended += SECOND;
      }
      expect(vended).toBeLessThanOrEqual(Math.max(0, 20 * MINUTE - readableAfter));
      expect(world.ims.exchanges(NAME)).toBe(1);
    },
  );

  it('keep a credential that one of them lists, with one exchange a window and one short gap', async () => {
    const { world, left, one, other } = await divided();
    left.drop(NAME);
    let gaps = 0;
    let changes = 0;
    let was = true;
    for (let minute = 0; minute < 36 * HOUR; minute += MINUTE) {
      await one.pollSource();
      await other.pollSource();
      await world.pass(MINUTE, 20 * SECOND, [one, other], () => {
        const isServed = one.served(NAME) !== null;
        if (!isServed) gaps += 1;
        if (isServed !== was) changes += 1;
        was = isServed;
      });
    }
    expect(gaps).toBeLessThanOrEqual(1);
    expect(changes).toBeLessThanOrEqual(2);
    expect(world.ims.exchanges(NAME)).toBeLessThanOrEqual(4);
  });

  it('take it out in the end when the one that lists it is gone', async () => {
    const { world, left, one, other } = await divided();
    left.drop(NAME);
    await one.pollSource();
    await other.pollSource();
    await world.pass(MINUTE, SECOND, [one, other]);
    expect(one.served(NAME)).not.toBeNull();
    for (let passed = 0; passed < 20 * HOUR; passed += 10 * MINUTE) {
      await one.pollSource();
      await world.pass(10 * MINUTE, MINUTE, [one]);
    }
    expect(one.tokens.get(NAME)).toBeUndefined();
  });

  it('look again at once when the other removes what they list', async () => {
    const { world, left, right, one, other } = await divided();
    left.drop(NAME);
    await one.pollSource();
    const list = right.list.bind(right);
    let looks = 0;
    right.list = () => {
      looks += 1;
      return list();
    };
    await world.pass(5 * SECOND, SECOND, [one, other]);
    expect(looks).toBe(1);
    await other.refresh();
    expect(other.served(NAME)).not.toBeNull();
    expect(world.ims.exchanges(NAME)).toBe(1);
  });
});
