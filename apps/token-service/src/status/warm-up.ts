import { setTimeout as delay } from 'node:timers/promises';

import { millis, type StoreSync, type TokenRefresher } from '#libs/tokens';

import type { Readiness } from './readiness.ts';
import type { SourcePoller } from '../refreshing/source-poller.ts';

/** How long the first look around may hold readiness up. */
const LIMIT = millis(10_000);
const PAUSE = millis(100);

/** Lets callers in once `look` is done, or took too long. */
export async function warmUp(
  readiness: Readiness,
  look: (tooLate: AbortSignal) => Promise<void>,
): Promise<void> {
  const limit = new AbortController();
  const late = delay(LIMIT, undefined, { signal: limit.signal, ref: false });
  try {
    await Promise.race([look(limit.signal), late]);
  } finally {
    limit.abort();
    late.catch(() => undefined);
  }
  readiness.markWarmedUp();
}

/** For who holds credentials: store first, so that a restart costs no exchange, then source, then IMS. */
export async function lookAtAll(
  sync: StoreSync,
  source: SourcePoller,
  refresher: TokenRefresher,
): Promise<void> {
  await sync.poll();
  // Not a tick: one of the schedule's may have been first, and still be looking.
  await source.lookNow();
  await refresher.refreshAllDue();
}

/** For who only vends: the store is all there is. */
export async function lookAtStore(sync: StoreSync, tooLate: AbortSignal): Promise<void> {
  while (!(await sync.poll()) && !tooLate.aborted) await delay(PAUSE, undefined, { ref: false });
}
