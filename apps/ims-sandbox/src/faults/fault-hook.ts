import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestParameters } from '../wire/request-parameters.ts';
import type { SandboxClock } from '../wire/sandbox-clock.ts';
import { isForIms } from '../wire/surfaces.ts';
import { respondWithFault } from './fault-response.ts';
import type { Faults } from './faults.ts';

/** Applies the faults to every request to IMS, after its body has been read and its client id is known. */
export function addFaultHook(
  instance: FastifyInstance,
  faults: Faults,
  clock: SandboxClock,
  closing: AbortSignal,
): void {
  instance.addHook('preHandler', async (request: FastifyRequest, reply: FastifyReply) => {
    if (!isForIms(request)) return undefined;
    const plan = faults.take(new RequestParameters(request).clientId);
    clock.shift(request, plan.clockOffsetMs);
    if (plan.latencyMs > 0) await pause(plan.latencyMs, closing);
    if (closing.aborted) return reply.hijack();
    return plan.ending === undefined ? undefined : respondWithFault(plan.ending, request, reply);
  });
}

async function pause(milliseconds: number, closing: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal: closing, ref: false });
  } catch {
    // The sandbox closes, so the wait ends early.
  }
}
