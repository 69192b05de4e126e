import type { FastifyReply } from 'fastify';

/** Answers JSON as `application/json` and nothing after it: Fastify would name a charset for a string, which some OAuth clients do not expect. */
export const sendJson = (reply: FastifyReply, text: string): FastifyReply =>
  reply.header('content-type', 'application/json').send(Buffer.from(text));
