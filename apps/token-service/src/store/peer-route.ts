import { PeerResponder, PEERS_PATH, type PeerMessages } from '#libs/token-stores';
import type { ServingSide } from '#libs/tokens';
import { Inject, Injectable, NotFoundException, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Counter, Registry } from 'prom-client';
import { z } from 'zod';

import { sendProblem } from '../http/send-problem.ts';
import { LOG } from '../logging/create-log.ts';
import { PEER_MESSAGES, SERVING_SIDE } from './serving-side.ts';

const bodySchema = z.strictObject({ request: z.string() });

/**
 * The route for the other processes of this service, where `PEERS` is set. A request without a sealing key
 * gets the answer of a route that does not exist.
 */
@Injectable()
export class PeerRoute implements OnModuleInit {
  readonly #host: HttpAdapterHost;
  readonly #responder: PeerResponder | null;
  readonly #log: Logger;
  readonly #requests: Counter<'outcome'>;

  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(PEER_MESSAGES) messages: PeerMessages | null,
    @Inject(SERVING_SIDE) side: ServingSide,
    @Inject(Registry) registry: Registry,
    @Inject(LOG) log: Logger,
  ) {
    this.#log = log;
    this.#host = host;
    this.#responder = messages && new PeerResponder(messages, (request) => side.answerPeer(request));
    this.#requests = new Counter({
      name: 'ims_token_peer_requests_total',
      help: 'Requests of other processes of this service: answered, or refused without a sealing key',
      labelNames: ['outcome'],
      registers: [registry],
    });
  }

  onModuleInit(): void {
    const responder = this.#responder;
    if (responder === null) return;
    this.#host.httpAdapter.getInstance<FastifyInstance>().post(PEERS_PATH, async ({ body }, reply) => {
      const { data } = bodySchema.safeParse(body);
      const answer = data === undefined ? null : await responder.respond(data.request);
      this.#requests.inc({ outcome: answer === null ? 'refused' : 'answered' });
      if (answer !== null) return { answer };
      sendProblem(reply, new NotFoundException(), this.#log);
      return reply;
    });
  }
}
