import type { FastifyInstance } from 'fastify';
import { RequestParameters } from '../wire/request-parameters.ts';
import type { SandboxClock } from '../wire/sandbox-clock.ts';
import { isForAem, isForIms } from '../wire/surfaces.ts';
import type { RequestLedger } from './request-ledger.ts';

/** Records every request to IMS and AEM in the ledger before its response is sent. */
export function addRequestLedgerHook(
  instance: FastifyInstance,
  ledger: RequestLedger,
  clock: SandboxClock,
): void {
  instance.addHook('onRequest', async (request) => {
    if (isForIms(request) || isForAem(request)) ledger.arrived(request, clock.nowMs());
  });
  instance.addHook('preHandler', async (request) => {
    if (!isForIms(request)) return;
    ledger.identified(request, new RequestParameters(request).clientId);
    ledger.counted(request);
  });
  instance.addHook('onSend', async (request, reply) => {
    ledger.answered(request, reply.statusCode);
    if (isForIms(request) && reply.statusCode >= 400) ledger.refused(request);
  });
}
