import { setTimeout as delay } from 'node:timers/promises';

import type { StoreMirror, TokenRefresher } from '#libs/tokens';

import { FIRST_PASS_LIMIT } from '../service-config.ts';
import type { Readiness } from '../monitoring/readiness.ts';
import type { SourceWatch } from './source-watch.ts';

/** Looks around once before callers are sent here: store first, so that a restart costs no exchange, then source, then IMS. */
export async function firstPass(
  mirror: StoreMirror,
  source: SourceWatch,
  refresher: TokenRefresher,
  readiness: Readiness,
): Promise<void> {
  const limit = new AbortController();
  const pass = async (): Promise<void> => {
    await mirror.poll();
    await source.tick();
    await refresher.refreshAllDue();
  };
  try {
    await Promise.race([pass(), delay(FIRST_PASS_LIMIT, undefined, { signal: limit.signal, ref: false })]);
  } finally {
    limit.abort();
  }
  readiness.markFirstPassDone();
}
