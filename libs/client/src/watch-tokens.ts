import type { ClientSettings } from './client-options.ts';
import { sha256 } from './cached-token.ts';
import type { TokenCache } from './token-cache.ts';
import type { TokenRequests } from './token-requests.ts';
import { TokenServiceError } from './token-service-error.ts';
import { backOff, monotonicNow, sleep } from './waiting.ts';

/** Seconds of one long-poll. Proxies close connections that are idle for a minute. */
const WAIT = 50;
const MAX_PAUSE = 60_000;
/** Milliseconds between two responses without a new token, if the service or a proxy does not wait. */
const MIN_PAUSE = 1_000;

/**
 * Yields the current token, and each new one as soon as the service has it. Continues after outages, and ends
 * when the signal aborts.
 * @throws TokenServiceError if a retry cannot succeed
 */
export async function* watchTokens(
  settings: ClientSettings,
  cache: TokenCache,
  requests: TokenRequests,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  let seen: string | null = null;
  let failures = 0;
  const isOver = (): boolean => signal?.aborted === true;
  while (!isOver()) {
    const cached = cache.usable;
    if (cached !== null && cached.value !== seen) {
      seen = cached.value;
      yield seen;
      continue;
    }
    const since = monotonicNow();
    let pause = 0;
    try {
      if (seen === null) await cache.get({ signal });
      else {
        const changed = await requests.changed(await sha256(seen), WAIT, signal);
        if (changed === null || changed.value === seen) pause = MIN_PAUSE - (monotonicNow() - since);
        if (changed !== null) cache.adopt(changed);
      }
      failures = 0;
    } catch (error) {
      if (isOver()) return;
      if (!(error instanceof TokenServiceError) || error.isFinal) throw error;
      settings.onFailure(error);
      pause = Math.max(backOff(failures, MAX_PAUSE), (error.retryAfter ?? 0) * 1000);
      failures += 1;
    }
    if (pause > 0 && !(await pauseFor(pause, signal))) return;
  }
}

/** Returns false if the signal aborts. */
async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}
