import { once } from 'node:events';

import { ImsClient, instant, millis, type Exchange, type TokenEvent } from '#libs/tokens';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { ScriptedCredentialSource } from '../../../../test/fakes/scripted-credential-source.ts';
import { ScriptedTokenStore } from '../../../../test/fakes/scripted-token-store.ts';
import { DAY, named, oauthDocument, SECOND, tokenOf } from '../../../../test/support/tokens/documents.ts';
import { TokenProcess } from '../../../../test/support/tokens/token-process.ts';

const NAME = named('aem-dev');

/** A client that breaks the port's promises as it is told. */
class UnrulyImsClient extends ImsClient {
  override validate = (): Promise<boolean> => Promise.resolve(true);

  answer: () => Promise<Exchange> = () => Promise.resolve({ token: tokenOf('t'), clockSkew: null });
  asked = 0;

  override exchange(): Promise<Exchange> {
    this.asked += 1;
    return this.answer();
  }

  override invalidate(): Promise<void> {
    return this.answer().then(() => undefined);
  }
}

function setUp(listener?: (event: TokenEvent) => void) {
  const clock = new ManualClock();
  const ims = new UnrulyImsClient();
  const source = new ScriptedCredentialSource();
  source.put(oauthDocument(NAME));
  const store = new ScriptedTokenStore();
  const service = new TokenProcess({ clock, store, source, ims, ...(listener && { listener }) });
  return { clock, ims, source, store, service };
}

describe('a renewal', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends a second after its deadline even if the IMS client never settles, and the next one may start', async () => {
    const { clock, ims, service } = setUp();
    ims.answer = () => new Promise(() => undefined);
    await service.refresher.syncWithSource();
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    expect(service.refresher.refreshDue()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(SECOND);
    expect(service.refresher.refreshDue()).toHaveLength(0);
    expect(service.tokens.get(NAME)?.status?.lastFailure?.code).toBe('ims_timeout');

    ims.answer = () => Promise.resolve({ token: tokenOf('t'), clockSkew: null });
    clock.advance(millis(5 * SECOND));
    await service.refresh();
    expect(service.served(NAME)).toBe('t');
  });

  it('ignores an answer that arrives after it gave up', async () => {
    const { ims, service } = setUp();
    const { promise, resolve } = Promise.withResolvers<Exchange>();
    ims.answer = () => promise;
    await service.refresher.syncWithSource();
    await vi.advanceTimersByTimeAsync(12 * SECOND);
    resolve({ token: tokenOf('late'), clockSkew: null });
    await vi.advanceTimersByTimeAsync(SECOND);
    expect(service.served(NAME)).toBeNull();
  });

  it.each([
    ['rejects with a defect', () => Promise.reject(new TypeError('quotes s3cret'))],
    ['rejects with nothing', () => Promise.reject(undefined)],
    [
      'throws instead of rejecting',
      () => {
        throw new RangeError('quotes s3cret');
      },
    ],
  ])('costs one attempt where the client %s', async (_, answer) => {
    const { clock, ims, service } = setUp();
    ims.answer = answer;
    await service.pollSource();
    expect(service.tokens.get(NAME)?.status?.lastFailure?.code).toBe('exchange_internal_error');
    expect(JSON.stringify(service.tokens.get(NAME)?.status)).not.toContain('s3cret');
    for (let tick = 0; tick < 10; tick++) await service.refresh();
    expect(ims.asked).toBe(1);
    clock.advance(millis(SECOND));
    await service.refresh();
    expect(ims.asked).toBe(2);
  });

  it('refuses a token that has expired on arrival, and keeps the cached one', async () => {
    const { clock, ims, source, service } = setUp();
    await service.start();
    const stale = tokenOf('stale', DAY, instant(clock.now() - DAY));
    ims.answer = () => Promise.resolve({ token: stale, clockSkew: null });
    source.put(oauthDocument(NAME, 'v2'));
    await service.pollSource();
    expect(service.served(NAME)).toBe('t');
    expect(service.tokens.get(NAME)?.status).toMatchObject({
      failing: true,
      lastFailure: { code: 'ims_token_unusable' },
    });
    expect(ims.asked).toBe(2);
  });

  it('publishes its token although a listener throws at every event', async () => {
    const warning = once(process, 'warning');
    const { service, store } = setUp(() => {
      throw new Error('a defect in a log');
    });
    await service.start();
    expect(service.served(NAME)).toBe('t');
    expect(await store.read(NAME)).toMatchObject({ status: 'found' });
    expect(await warning).toMatchObject([{ message: 'a defect in a log' }]);
  });

  it('is one of at most 64, of which retries are at most 48', async () => {
    const { clock, ims, source, service } = setUp();
    source.drop(NAME);
    source.put(...Array.from({ length: 100 }, (_, index) => oauthDocument(`bad-${index}`)));
    ims.answer = () => new Promise(() => undefined);
    await service.refresher.syncWithSource();
    expect(service.refresher.refreshDue()).toHaveLength(64);
    await vi.advanceTimersByTimeAsync(11 * SECOND);
    void service.refresher.refreshDue();
    await vi.advanceTimersByTimeAsync(11 * SECOND);
    clock.advance(millis(60 * SECOND));
    for (const running of [20, 40, 48, 48]) {
      expect(service.refresher.refreshDue()).toHaveLength(running);
      clock.advance(millis(SECOND));
    }

    source.put(oauthDocument('good'));
    ims.answer = () => Promise.resolve({ token: tokenOf('good'), clockSkew: null });
    await service.refresher.syncWithSource();
    await vi.advanceTimersByTimeAsync(0);
    expect(service.served('good')).toBe('good');
  });
});
