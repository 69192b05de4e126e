import { exchangesLeft, millis, type CredentialName } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing } from '../../../../test/fakes/scripted-ims-client.ts';
import {
  brokenDocument,
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

const shaOf = (process: TokenProcess, name: CredentialName = NAME): string =>
  process.tokens.get(name)?.cached?.token.sha256 ?? 'none held';

/** A caller's report on the token that a process holds, or on another. */
const report = (process: TokenProcess, caller = 'catalog-sync', tokenSha256 = shaOf(process)) =>
  process.replacement.replace({ name: NAME, tokenSha256, caller }, 'report', millis(10_000));

/** Processes that hold one good token between them. */
async function started(count = 1) {
  const world = new World();
  world.source.put(oauthDocument(NAME));
  const processes = Array.from({ length: count }, () => world.process());
  for (const process of processes) await process.start();
  const [first] = processes;
  if (first === undefined) throw new Error('no process');
  expect(world.ims.exchanges()).toBe(1);
  const { store, source, ims } = world;
  return { world, store, source, ims, first, processes };
}

describe('a report of the current token', () => {
  it('fetches a new token and publishes it to every process', async () => {
    const { world, ims, first, processes } = await started(2);
    const rejected = shaOf(first);
    expect(await report(first)).toEqual({ outcome: 'replaced', retryAfter: null });
    expect(shaOf(first)).not.toBe(rejected);
    await world.pass(1_000, 1_000, processes);
    expect(processes.map((each) => shaOf(each))).toEqual([shaOf(first), shaOf(first)]);
    expect(ims.exchanges()).toBe(2);
  });

  it('causes one exchange, however many callers send it in however many processes', async () => {
    const { ims, first, processes } = await started(3);
    const rejected = shaOf(first);
    const callers = Array.from({ length: 1_000 }, (_, index) => `caller-${index}`);
    const answers = await Promise.all(
      callers.flatMap((caller, index) => {
        const process = processes[index % processes.length];
        return process === undefined ? [] : [report(process, caller, rejected)];
      }),
    );
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['replaced']));
    expect(ims.exchanges()).toBe(2);
    const [spent] = processes.map((each) => each.tokens.get(NAME)?.status?.causedAt);
    expect(spent).toHaveLength(1);
  });

  it('waits for the running renewal and causes none', async () => {
    const { world, ims, first } = await started();
    const { promise, resolve } = Promise.withResolvers<void>();
    ims.next(NAME, { after: promise, answer: { life: millis(DAY) } });
    world.clock.advance(millis(14 * HOUR));
    const renewal = first.refresh();
    const answer = report(first);
    resolve();
    await renewal;
    expect(await answer).toEqual({ outcome: 'replaced', retryAfter: null });
    expect(ims.exchanges()).toBe(2);
    expect(first.heard('token.rejected')).toBe(0);
  });

  it('fails once, says when to ask again, and does not bypass the back-off', async () => {
    const { world, ims, first } = await started();
    ims.always(NAME, failing('ims_throttled', { retryAfter: millis(10 * MINUTE) }));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => report(first, `caller-${index}`)),
    );
    expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['failed']));
    expect(answers[0]?.retryAfter).toBe(600);
    expect(ims.exchanges()).toBe(2);
    expect(first.state(NAME)).toBe('degraded');
    await world.pass(9 * MINUTE, MINUTE, [first]);
    expect(await report(first)).toEqual({ outcome: 'failed', retryAfter: 60 });
    expect(ims.exchanges()).toBe(2);
  });

  it('is one exchange even if IMS returns the same token again', async () => {
    const { ims, first } = await started();
    const token = first.served(NAME) ?? '';
    ims.always(NAME, { life: millis(DAY), token });
    expect(await report(first)).toEqual({ outcome: 'refreshing', retryAfter: 1 });
    expect(ims.exchanges()).toBe(2);
    expect(first.heard('token.rejected')).toBe(1);
  });

  it('is not retried after a failure, as the token is not due', async () => {
    const { world, ims, first } = await started();
    ims.next(NAME, failing('ims_unavailable'));
    expect(await report(first)).toMatchObject({ outcome: 'failed' });
    await world.pass(HOUR, MINUTE, [first]);
    expect(ims.exchanges()).toBe(2);
    expect(await report(first)).toMatchObject({ outcome: 'replaced' });
    expect(first.state(NAME)).toBe('healthy');
  });

  it('falls back to the previous version if the current one is refused, with each exchange out of the budget', async () => {
    const { source, ims, first } = await started();
    const current = oauthDocument(NAME, 'v2');
    source.stage('AWSPREVIOUS', oauthDocument(NAME));
    source.put({ ...current, otherVersions: { pending: null, previous: 'v1' } });
    ims.next(NAME, failing('ims_invalid_client_secret', { retryable: false }));
    await first.pollSource();
    first.plan.resetBackOff();
    const before = ims.exchanges();
    ims.next(NAME, failing('ims_invalid_client_secret', { retryable: false }));
    expect(await report(first)).toMatchObject({ outcome: 'replaced' });
    expect(ims.exchanges()).toBe(before + 2);
    expect(first.heard('token.rejected')).toBe(2);
  });

  it('is not answered with a version that the source has replaced meanwhile', async () => {
    const { world, source, ims, first } = await started();
    const late = world.process();
    await late.start();
    source.put(oauthDocument(NAME, 'v2'));
    await first.pollSource();
    expect(await report(late, 'someone', shaOf(first))).toMatchObject({ outcome: 'replaced' });
    expect(late.tokens.get(NAME)?.cached?.record.version).toBe('v2');
    await world.pass(2_000, 1_000, [first, late]);
    expect(ims.exchanges()).toBe(3);
  });

  it('ends when another process holds the lease for too long', async () => {
    const { store, ims, first } = await started();
    expect(await store.acquireLease(NAME, millis(HOUR))).not.toBeNull();
    expect(await report(first)).toEqual({ outcome: 'refreshing', retryAfter: 1 });
    expect(ims.exchanges()).toBe(1);
  }, 30_000);

  it('starts nothing in a process that is shutting down', async () => {
    const { ims, first } = await started();
    await first.refresher.stop();
    expect(await report(first)).toEqual({ outcome: 'refreshing', retryAfter: 1 });
    expect(ims.exchanges()).toBe(1);
  });
});

describe('a report of another token', () => {
  it('changes nothing', async () => {
    const { ims, first } = await started();
    expect(await report(first, 'someone', 'ab'.repeat(32))).toEqual({
      outcome: 'superseded',
      retryAfter: null,
    });
    expect(ims.exchanges()).toBe(1);
    expect(first.tokens.get(NAME)?.status?.causedAt).toEqual([]);
  });

  it('makes a process that does not know the new token pull it', async () => {
    const { store, ims, first, processes } = await started(2);
    store.hints = false;
    const [, other] = processes;
    if (other === undefined) throw new Error('no other process');
    await report(first);
    expect(shaOf(other)).not.toBe(shaOf(first));
    expect(await report(other)).toMatchObject({ outcome: 'superseded' });
    expect(shaOf(other)).toBe(shaOf(first));
    expect(ims.exchanges()).toBe(2);
  });
});

describe('a report of a token that cannot be renewed', () => {
  it.each([
    ['a local development token', localDocument(NAME, tokenOf('local')), 'not_renewable'],
    ['an unknown credential', oauthDocument('aem-other'), 'credential_not_found'],
  ] as const)('says so of %s', async (_what, document, outcome) => {
    const world = new World();
    world.source.put(document);
    const process = world.process();
    await process.start();
    expect(await report(process)).toEqual({ outcome, retryAfter: null });
    expect(world.ims.exchanges()).toBe(outcome === 'not_renewable' ? 0 : 1);
  });

  it('fails for an unusable document without an exchange', async () => {
    const { world, source, ims } = await started();
    source.put(brokenDocument(NAME, 'v2'));
    // This process never read a good document.
    const late = world.process();
    await late.start();
    expect(await report(late)).toEqual({ outcome: 'failed', retryAfter: null });
    expect(ims.exchanges()).toBe(1);
  });
});

describe('the exchange budget of callers', () => {
  /** Reports the current token until a report is refused. */
  async function reportAll(process: TokenProcess, caller: string, most = 20) {
    for (let count = 0; count < most; count += 1) {
      const answer = await report(process, caller);
      if (answer.outcome !== 'replaced') return { count, answer };
    }
    throw new Error('never refused');
  }

  it('allows a caller six exchanges an hour, and all callers twelve', async () => {
    const { world, ims, first } = await started();
    const exhausted = { outcome: 'budget_exhausted', retryAfter: 3_600 };
    expect(await reportAll(first, 'one')).toEqual({ count: 6, answer: exhausted });
    world.clock.advance(millis(10 * MINUTE));
    expect(await reportAll(first, 'two')).toMatchObject({ count: 6, answer: { retryAfter: 3_600 } });
    expect(await reportAll(first, 'three')).toMatchObject({ count: 0, answer: { retryAfter: 3_000 } });
    expect(ims.exchanges()).toBe(13);
    world.clock.advance(millis(50 * MINUTE));
    expect(await reportAll(first, 'three')).toMatchObject({ count: 6 });
  });

  it('is shared by all processes, and is one per process while the store is down', async () => {
    const { world, store, ims, processes } = await started(3);
    for (const [index, process] of processes.entries()) {
      await process.tick();
      expect(await reportAll(process, `caller-${index}`)).toMatchObject({ count: index < 2 ? 6 : 0 });
    }
    expect(ims.exchanges()).toBe(13);
    world.clock.advance(millis(HOUR));
    await world.pass(1_000, 1_000, processes);
    store.fail();
    for (const process of processes) {
      expect(await reportAll(process, 'one')).toMatchObject({ count: 6 });
      expect(await reportAll(process, 'two')).toMatchObject({ count: 6 });
      expect(await reportAll(process, 'three')).toMatchObject({ count: 0 });
    }
    expect(ims.exchanges()).toBe(13 + 36);
  });

  it('does not delay a scheduled renewal, even while the store is down', async () => {
    const { world, store, ims, first } = await started();
    store.fail();
    await first.sync.poll();
    await reportAll(first, 'one');
    await reportAll(first, 'two');
    world.clock.advance(millis(DAY / 2 + DAY / 10));
    await first.refresh();
    expect(ims.exchanges()).toBe(14);
  });

  it('keeps an exchange that one process caused while another, which does not know it, writes a status record', async () => {
    const { world, first, processes } = await started(2);
    const [, second] = processes;
    const stale = second?.tokens.get(NAME)?.status;
    if (second === undefined || !stale) throw new Error('the second process knows nothing');
    await report(first);
    world.clock.advance(millis(1_000));
    await second.sync.publishStatus({ ...stale, at: world.clock.now() });
    await world.pass(3_000, 1_000, processes);
    const third = world.process();
    await third.start();
    const left = [...processes, third].map((each) =>
      exchangesLeft(each.tokens.get(NAME)?.status?.causedAt ?? [], world.clock.now()),
    );
    expect(left).toEqual([11, 11, 11]);
  });

  it('shows what is left in every process, and that it returns', async () => {
    const { world, first, processes } = await started(2);
    const left = () =>
      processes.map((each) =>
        exchangesLeft(each.tokens.get(NAME)?.status?.causedAt ?? [], world.clock.now()),
      );
    expect(left()).toEqual([12, 12]);
    await report(first);
    await world.pass(30 * MINUTE, 10 * MINUTE, processes);
    await report(first);
    await world.pass(1_000, 1_000, processes);
    expect(left()).toEqual([10, 10]);
    await world.pass(30 * MINUTE, 10 * MINUTE, processes);
    expect(left()).toEqual([11, 11]);
    await world.pass(30 * MINUTE, 10 * MINUTE, processes);
    expect(left()).toEqual([12, 12]);
  });

  it('survives a store that lost everything, as far as a process knows', async () => {
    const { store, first } = await started();
    await reportAll(first, 'one');
    store.flush();
    await first.tick();
    expect(await reportAll(first, 'one')).toMatchObject({ count: 0 });
  });
});
