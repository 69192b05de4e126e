import type { ClientSettings } from './client-options.ts';
import { sha256 } from './held-token.ts';
import type { TokenKeeper } from './token-keeper.ts';
import type { TokenRequests } from './token-requests.ts';
import { TokenServiceError } from './token-service-error.ts';
import { backOff, monotonicNow, sleep } from './waiting.ts';

/** Seconds that one long-poll lasts: less than the minute after which proxies hang up. */
const WAIT = 50;
const MAX_PAUSE = 60_000;
/** Between two answers with nothing new, whatever makes them come sooner. */
const MIN_PAUSE = 1_000;

/**
 * The current token, and each that follows it, as soon as the service has it. Goes on through outages; ends when the
 * signal aborts. @throws TokenServiceError where asking again does not help
 */
export async function* watchTokens(
  settings: ClientSettings,
  keeper: TokenKeeper,
  requests: TokenRequests,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  let seen: string | null = null;
  let failures = 0;
  const isOver = (): boolean => signal?.aborted === true;
  while (!isOver()) {
    const held = keeper.usable;
    if (held !== null && held.value !== seen) {
      seen = held.value;
      yield seen;
      continue;
    }
    const since = monotonicNow();
    let pause = 0;
    try {
      if (seen === null) await keeper.get({ signal });
      else {
        const changed = await requests.changed(await sha256(seen), WAIT, signal);
        if (changed === null || changed.value === seen) pause = MIN_PAUSE - (monotonicNow() - since);
        if (changed !== null) keeper.adopt(changed);
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

/** Whether it lasted: false once the signal aborts. */
async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}
