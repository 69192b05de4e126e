import {
  CredentialSource,
  ExchangeFailure,
  ImsClient,
  SystemClock,
  type Exchange,
  type Millis,
  type SourcedCredential,
} from '#libs/tokens';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ScriptedTokenStore } from '../../../../test/fakes/scripted-token-store.ts';
import { DAY, MINUTE, oauthDocument, SECOND, tokenOf } from '../../../../test/support/tokens/documents.ts';
import { NAME } from '../../../../test/support/tokens/served.ts';
import { TokenProcess } from '../../../../test/support/tokens/token-process.ts';

const wait = (length: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, length));

/** An IMS that refuses every version, just within the deadline of the client or sooner. */
class SlowIms extends ImsClient {
  readonly #exchangeTime: number;
  asked = 0;

  constructor(exchangeTime: number) {
    super();
    this.#exchangeTime = exchangeTime;
  }

  override async exchange(_: unknown, deadline: Millis): Promise<Exchange> {
    this.asked += 1;
    await wait(Math.min(deadline, this.#exchangeTime));
    throw new ExchangeFailure({ code: 'ims_invalid_client_secret', diagnosis: 'scripted', retryable: false });
  }

  override validate(): Promise<never> {
    return Promise.reject(new Error('no token is validated here'));
  }

  override invalidate(): Promise<void> {
    return Promise.reject(new Error('no token is revoked here'));
  }
}

/** A source whose reads take so long, and find another version each time. */
class SlowSource extends CredentialSource {
  readonly #readTime: number;
  #versions = 1;

  constructor(readTime: number) {
    super();
    this.#readTime = readTime;
  }

  #version(): SourcedCredential {
    const document = oauthDocument(NAME, `v${this.#versions}`);
    return { ...document, otherVersions: { pending: null, previous: 'v0' } };
  }

  override async list(): Promise<readonly SourcedCredential[]> {
    return [this.#version()];
  }

  override async read(): Promise<SourcedCredential> {
    await wait(this.#readTime);
    this.#versions += 1;
    return this.#version();
  }

  override watch(): () => void {
    return () => undefined;
  }
}

describe('a renewal', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['a day', DAY, 9_900, 9_000, 40 * SECOND],
    ['a day', DAY, 100, 50 * SECOND, 40 * SECOND],
    ['a day', DAY, 9_900, 30 * SECOND, 40 * SECOND],
    ['two minutes', 2 * MINUTE, 9_900, 9_000, 30 * SECOND],
    ['a minute', MINUTE, 9_900, 9_000, 15 * SECOND],
  ])(
    'of a token of %s (%i ms) ends while its lease holds: exchanges of %i ms, reads of %i ms, a lease of %i ms',
    async (_, life, exchangeTime, readTime, leaseTime) => {
      const clock = new SystemClock();
      const ims = new SlowIms(exchangeTime);
      const store = new ScriptedTokenStore(clock);
      const service = new TokenProcess({ clock, store, source: new SlowSource(readTime), ims });
      const stale = tokenOf('stale', life, clock.now());
      await service.sync.publish({ name: NAME, generation: 1, token: stale, version: 'v1' });
      await vi.advanceTimersByTimeAsync(life * 0.7);
      let endedAfter: number | null = null;
      const start = clock.monotonic();
      await service.refresher.syncWithSource();
      const ended = Promise.all(service.refresher.refreshDue());
      void ended.then(() => (endedAfter = clock.monotonic() - start));
      await vi.advanceTimersByTimeAsync(5 * leaseTime);
      expect(endedAfter).not.toBeNull();
      expect(endedAfter).toBeLessThanOrEqual(leaseTime);
      expect(store.count('releaseLease')).toBe(1);
      expect(ims.asked).toBeGreaterThan(0);
    },
  );
});
