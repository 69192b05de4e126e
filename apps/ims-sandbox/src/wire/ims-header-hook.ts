import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { SandboxClock } from './sandbox-clock.ts';
import { isForIms } from './surfaces.ts';

/** Adds IMS's headers: `x-debug-id` (ims-go#23), and `Date`, which clients compare with their own clock. */
export function addImsHeaderHook(instance: FastifyInstance, clock: SandboxClock): void {
  instance.addHook('onSend', async (request, reply) => {
    if (!isForIms(request)) return;
    reply.header('x-debug-id', randomUUID());
    reply.header('Date', new Date(clock.nowMs(request)).toUTCString());
  });
}
