import { setTimeout as delay } from 'node:timers/promises';

import { AUTHORIZATION } from './workplace.ts';

const DEADLINE_MS = 60_000;
const RETRY_MS = 2;

/** Sends the request until the status is 200, which takes a new process some time. */
export async function firstSuccess(origin: string, path: string): Promise<Response> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  for (;;) {
    const answer = await fetch(`${origin}${path}`, { headers: AUTHORIZATION, signal });
    if (answer.status === 200) return answer;
    await answer.body?.cancel();
    await delay(RETRY_MS);
  }
}
