import type { FastifyReply } from 'fastify';

/**
 * Sends JSON as plain `application/json`. Fastify adds a charset to a string, which some OAuth clients
 * reject.
 */
export const sendJson = (reply: FastifyReply, text: string): FastifyReply =>
  reply.header('content-type', 'application/json').send(Buffer.from(text));
