import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing, HANGING } from '../../../../test/fakes/scripted-ims-client.ts';
import {
  DAY,
  HOUR,
  localDocument,
  MINUTE,
  named,
  oauthDocument,
  tokenOf,
} from '../../../../test/support/tokens/documents.ts';
import type { TokenProcess } from '../../../../test/support/tokens/token-process.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const NAME = named('aem-dev');

const held = (process: TokenProcess) => process.tokens.get(NAME)?.cached?.token ?? null;
const shaOf = (process: TokenProcess): string => held(process)?.sha256 ?? 'none held';
const revoke = (process: TokenProcess, tokenSha256 = shaOf(process), caller = 'security') =>
  process.revocation.revoke({ name: NAME, tokenSha256, caller });

/** Processes that hold one good token between them. */
async function started(count = 1) {
  const world = new World();
  world.source.put(oauthDocument(NAME));
  const processes = Array.from({ length: count }, () => world.process());
  for (const process of processes) await process.start();
  const [first] = processes;
  const token = first === undefined ? null : held(first);
  if (first === undefined || token === null) throw new Error('no process with a token');
  return { world, ims: world.ims, store: world.store, source: world.source, first, processes, leaked: token };
}

describe('a revocation of the current token', () => {
  it('publishes a replacement, and only then invalidates the token at IMS', async () => {
    const { ims, first, leaked } = await started();
    const { promise, resolve } = Promise.withResolvers<void>();
    ims.next(NAME, { after: promise, answer: { life: millis(DAY) } });
    const answer = revoke(first);
    await first.sync.poll();
    expect(ims.invalidated).toEqual([]);
    resolve();
    expect(await answer).toEqual({
      type: 'revocation-answered',
      outcome: 'revoked',
      retryAfter: null,
      currentSha256: shaOf(first),
    });
    expect(shaOf(first)).not.toBe(leaked.sha256);
    expect(ims.invalidated).toEqual([leaked.reveal()]);
    expect(first.heard('token.invalidated')).toBe(1);
  });

  it('changes nothing when it is repeated, in any process', async () => {
    const { ims, first, processes, leaked } = await started(2);
    await revoke(first, leaked.sha256);
    for (const process of processes) {
      expect(await revoke(process, leaked.sha256)).toMatchObject({
        outcome: 'revoked',
        currentSha256: shaOf(first),
      });
    }
    expect(ims.exchanges()).toBe(2);
    expect(ims.invalidated).toHaveLength(1);
  });

  it('asks IMS once, however many requests arrive at the same time', async () => {
    const { ims, first, leaked } = await started();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => revoke(first, leaked.sha256, `caller-${index}`)),
    );
    expect(new Set(answers.map((each) => 'outcome' in each && each.outcome))).toEqual(new Set(['revoked']));
    expect(ims.exchanges()).toBe(2);
    expect(ims.invalidated).toHaveLength(1);
  });

  it('invalidates nothing while there is no replacement', async () => {
    const { world, ims, first, leaked } = await started();
    ims.always(NAME, failing('ims_throttled', { retryAfter: millis(10 * MINUTE) }));
    expect(await revoke(first)).toMatchObject({
      outcome: 'failed',
      retryAfter: 600,
      currentSha256: leaked.sha256,
    });
    expect(ims.invalidated).toEqual([]);
    expect(first.served(NAME)).toBe(leaked.reveal());
    ims.always(NAME, { life: millis(DAY) });
    world.clock.advance(millis(10 * MINUTE));
    expect(await revoke(first, leaked.sha256)).toMatchObject({ outcome: 'revoked' });
    expect(ims.invalidated).toEqual([leaked.reveal()]);
  });

  it('can be repeated if IMS did not invalidate the token, and causes no second exchange', async () => {
    const { ims, first, leaked } = await started();
    ims.invalidates(NAME, failing('ims_unavailable'));
    expect(await revoke(first)).toMatchObject({
      outcome: 'failed',
      retryAfter: 5,
      currentSha256: shaOf(first),
    });
    expect(first.events.findLast(({ type }) => type === 'token.invalidated')).toMatchObject({
      tokenSha256: leaked.sha256,
      failure: { code: 'ims_unavailable' },
    });
    ims.invalidates(NAME, { life: millis(DAY) });
    expect(await revoke(first, leaked.sha256)).toMatchObject({ outcome: 'revoked' });
    expect(ims.exchanges()).toBe(2);
  });

  it('has a budget of its own, which reports cannot spend', async () => {
    const { ims, first } = await started();
    for (const caller of ['one', 'two']) {
      for (let count = 0; count < 6; count += 1) {
        const rejected = { name: NAME, tokenSha256: shaOf(first), caller };
        expect(await first.replacement.replace(rejected, 'report', millis(10_000))).toMatchObject({
          outcome: 'replaced',
        });
      }
    }
    for (let count = 0; count < 6; count += 1) {
      expect(await revoke(first)).toMatchObject({ outcome: 'revoked' });
    }
    expect(await revoke(first)).toMatchObject({ outcome: 'budget_exhausted', retryAfter: 3_600 });
    expect(ims.exchanges()).toBe(1 + 12 + 6);
    expect(ims.invalidated).toHaveLength(6);
  });

  it('fails while the store is down, as other processes would go on with the invalidated token', async () => {
    const { store, ims, first, processes, leaked } = await started(2);
    store.fail();
    expect(await revoke(first)).toMatchObject({ outcome: 'failed', retryAfter: 5 });
    expect(await revoke(first, leaked.sha256)).toMatchObject({ outcome: 'failed', retryAfter: 5 });
    expect(ims.invalidated).toEqual([]);
    store.recover();
    for (const process of processes) await process.sync.poll();
    expect(await revoke(first, leaked.sha256)).toMatchObject({ outcome: 'revoked' });
    expect(ims.invalidated).toEqual([leaked.reveal()]);
    expect(processes.map(shaOf)).not.toContain(leaked.sha256);
  });

  it('keeps the token out: a process that still caches it does not publish it over the replacement', async () => {
    const { world, store, first, processes, leaked } = await started(2);
    store.hints = false;
    await revoke(first, leaked.sha256);
    const [, late] = processes;
    if (late === undefined) throw new Error('no other process');
    expect(shaOf(late)).toBe(leaked.sha256);
    await late.tick();
    expect(shaOf(late)).toBe(shaOf(first));
    store.flush();
    await world.pass(3_000, 1_000, processes);
    expect(processes.map(shaOf)).toEqual([shaOf(first), shaOf(first)]);
    expect(shaOf(first)).not.toBe(leaked.sha256);
    expect(await store.read(NAME)).toMatchObject({ record: { token: { sha256: shaOf(first) } } });
  });
});

describe('a revocation of an earlier token', () => {
  it('is possible until the token expires, without an exchange', async () => {
    const { world, ims, first, leaked } = await started();
    await world.pass(14 * HOUR, HOUR, [first]);
    expect(shaOf(first)).not.toBe(leaked.sha256);
    const before = ims.exchanges();
    expect(await revoke(first, leaked.sha256)).toMatchObject({
      outcome: 'revoked',
      currentSha256: shaOf(first),
    });
    expect(ims.invalidated).toEqual([leaked.reveal()]);
    expect(ims.exchanges()).toBe(before);
  });

  it('finds nothing to revoke once the token has expired', async () => {
    const { world, ims, first, leaked } = await started();
    await world.pass(DAY, HOUR, [first]);
    expect(await revoke(first, leaked.sha256)).toMatchObject({ outcome: 'unknown_token' });
    expect(ims.invalidated).toEqual([]);
  });

  it('gives up on an IMS that never answers', async () => {
    const { world, ims, first, leaked } = await started();
    await world.pass(14 * HOUR, HOUR, [first]);
    ims.invalidates(NAME, HANGING);
    expect(await revoke(first, leaked.sha256)).toMatchObject({ outcome: 'failed', retryAfter: 5 });
  }, 30_000);
});

describe('a revocation of an unknown token or credential', () => {
  it('answers unknown_token for a token', async () => {
    const { ims, first } = await started();
    expect(await revoke(first, 'ab'.repeat(32))).toEqual({
      type: 'revocation-answered',
      outcome: 'unknown_token',
      retryAfter: null,
      currentSha256: shaOf(first),
    });
    expect(ims.exchanges()).toBe(1);
  });

  it.each([
    ['a local development token', localDocument(NAME, tokenOf('local')), 'not_renewable'],
    ['a credential', oauthDocument('aem-other'), 'credential_not_found'],
  ] as const)('says so of %s', async (_what, document, outcome) => {
    const world = new World();
    world.source.put(document);
    const process = world.process();
    await process.start();
    expect(await revoke(process)).toMatchObject({ outcome });
    expect(world.ims.invalidated).toEqual([]);
  });
});
