import { MemoryTokenStore } from '#libs/token-stores';
import { CurrentTokens, instant, millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { servingSideOver } from '../../../../test/support/serving-side.ts';
import { DAY, HOUR, named, tokenOf } from '../../../../test/support/tokens/documents.ts';

const NAME = named('aem-dev');

describe('a token that has expired on arrival', () => {
  it('counts by its generation, and does not replace a token that callers can still use', () => {
    const clock = new ManualClock();
    const tokens = new CurrentTokens(clock);
    tokens.adopt({ name: NAME, generation: 1, token: tokenOf('good', DAY, clock.now()), version: 'v1' });
    const longAgo = instant(clock.now() - 2 * DAY);
    tokens.adopt({
      name: NAME,
      generation: 2,
      token: tokenOf('by a slow clock', DAY, longAgo),
      version: 'v1',
    });
    expect(tokens.get(NAME)?.cached?.token.reveal()).toBe('good');
    expect(tokens.generationOf(NAME)).toBe(2);
    tokens.adopt({ name: NAME, generation: 3, token: tokenOf('next', DAY, clock.now()), version: 'v1' });
    expect(tokens.get(NAME)?.cached?.token.reveal()).toBe('next');
  });
});

describe('a process that renewed alone for long', () => {
  const comingBack = async (theirs: { version: string }) => {
    const clock = new ManualClock();
    const store = new MemoryTokenStore();
    const start = clock.now();
    await store.publish({
      name: NAME,
      generation: 5,
      token: tokenOf('theirs', DAY, instant(start + HOUR)),
      ...theirs,
    });
    clock.advance(millis(2 * HOUR));
    const { tokens, sync } = servingSideOver(store, clock);
    tokens.adopt({ name: NAME, generation: 9, token: tokenOf('own', DAY, start), version: 'v1' });
    await sync.poll();
    const stored = await store.read(NAME);
    return {
      stored: stored.status === 'found' && stored.record,
      held: tokens.get(NAME)?.cached?.token.reveal(),
    };
  };

  it('adopts the newer token of the others under a generation above its own', async () => {
    const { stored, held } = await comingBack({ version: 'v1' });
    expect(held).toBe('theirs');
    expect(stored).toMatchObject({ generation: 10 });
  });

  it('keeps its own longer-lived token when it meets one of a higher generation, and shares it', async () => {
    const clock = new ManualClock();
    const store = new MemoryTokenStore();
    const start = clock.now();
    const { tokens, sync } = servingSideOver(store, clock);
    tokens.adopt({
      name: NAME,
      generation: 2,
      token: tokenOf('own', DAY, instant(start + HOUR)),
      version: 'v1',
    });
    await store.publish({ name: NAME, generation: 7, token: tokenOf('theirs', DAY, start), version: 'v1' });
    await sync.poll();
    expect(tokens.get(NAME)?.cached?.token.reveal()).toBe('own');
    expect(await store.read(NAME)).toMatchObject({ record: { generation: 8 } });
  });

  it('adopts the token that replaced its own as rejected, although its own lives longer', async () => {
    const clock = new ManualClock();
    const store = new MemoryTokenStore();
    const start = clock.now();
    const { tokens, sync } = servingSideOver(store, clock);
    const own = tokenOf('own', DAY, instant(start + HOUR));
    tokens.adopt({ name: NAME, generation: 2, token: own, version: 'v1' });
    const rejected = [own.sha256];
    await store.publish({
      name: NAME,
      generation: 7,
      token: tokenOf('theirs', DAY, start),
      version: 'v1',
      rejected,
    });
    await sync.poll();
    expect(tokens.get(NAME)?.cached?.token.reveal()).toBe('theirs');
    expect(await store.read(NAME)).toMatchObject({ record: { generation: 7 } });
  });

  it('keeps its own token if the others minted with another version', async () => {
    const { stored, held } = await comingBack({ version: 'v0' });
    expect(held).toBe('own');
    expect(stored).toMatchObject({ generation: 9 });
  });
});
