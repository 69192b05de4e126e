import {
  createRefresherHandler,
  millis,
  LocalRefresher,
  RefresherClient,
  type RefresherResponse,
  type RefresherRequest,
} from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { named, oauthDocument } from '../../../../test/support/tokens/documents.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const AMPLE = millis(30_000);
const DONE = { type: 'done' } as const;

/** The line to processes without credentials, as this one sees it. */
class OtherQuestions extends RefresherClient {
  answer: ((request: RefresherRequest) => Promise<RefresherResponse>) | null = null;
  isClosed = false;

  override async send(): Promise<null> {
    return null;
  }

  override handleWith(answer: (request: RefresherRequest) => Promise<RefresherResponse>): void {
    this.answer = answer;
  }

  override async close(): Promise<void> {
    this.isClosed = true;
  }
}

describe('LocalRefresher', () => {
  it('handles its own requests, and those of other processes', async () => {
    const others = new OtherQuestions();
    const own = new LocalRefresher(others);
    expect(await own.send({ type: 'look-now' }, AMPLE)).toBeNull();
    own.handleWith(async () => DONE);
    expect(await own.send({ type: 'look-now' }, AMPLE)).toEqual(DONE);
    expect(await others.answer?.({ type: 'look-now' })).toEqual(DONE);
    await own.close();
    expect(others.isClosed).toBe(true);
    expect(await own.send({ type: 'look-now' }, AMPLE)).toBeNull();
  });

  it('waits no longer than the timeout, and treats a failing handler as no answer', async () => {
    const own = new LocalRefresher(null);
    own.handleWith(() => new Promise(() => undefined));
    expect(await own.send({ type: 'look-now' }, millis(20))).toBeNull();
    own.handleWith(() => Promise.reject(new Error('a defect')));
    expect(await own.send({ type: 'look-now' }, AMPLE)).toBeNull();
    await own.close();
  });

  it('handles each request with its use case', async () => {
    const world = new World();
    const name = named('aem-dev');
    world.source.put(oauthDocument(name));
    const process = world.process();
    await process.start();
    let looks = 0;
    const lookNow = async () => {
      looks += 1;
    };
    const own = new LocalRefresher(null);
    const { replacement, revocation } = process;
    own.handleWith(createRefresherHandler({ lookNow, replacement, revocation }));
    const held = () => process.tokens.get(name)?.cached?.token.sha256 ?? '';
    const about = { name, caller: 'catalog-sync', tokenSha256: held() };
    expect(await own.send({ type: 'look-now' }, AMPLE)).toEqual(DONE);
    expect(looks).toBe(1);
    expect(await own.send({ type: 'report-token', ...about }, AMPLE)).toEqual({
      type: 'report-answered',
      outcome: 'replaced',
      retryAfter: null,
    });
    expect(await own.send({ type: 'revoke-token', ...about }, AMPLE)).toEqual({
      type: 'revocation-answered',
      outcome: 'revoked',
      retryAfter: null,
      currentSha256: held(),
    });
  });
});
