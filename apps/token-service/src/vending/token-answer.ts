import type { HeldToken, VendedToken } from '#libs/tokens';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { prefersText } from './accept.ts';
import { entityTag } from './entity-tag.ts';

/** The parts of an answer that stay the same as long as the token does. */
interface Prepared {
  readonly etag: string;
  readonly text: string;
  readonly textBytes: number;
  readonly bodyStart: string;
  readonly bodyStartBytes: number;
}

const prepared = new WeakMap<HeldToken, Prepared>();

function prepare(held: HeldToken): Prepared {
  const known = prepared.get(held);
  if (known !== undefined) return known;
  const { token } = held.record;
  const text = token.reveal();
  const bodyStart = `{"access_token":${JSON.stringify(text)},"token_type":"Bearer","expires_in":`;
  const made = {
    etag: entityTag(token.sha256),
    text,
    textBytes: Buffer.byteLength(text),
    bodyStart,
    bodyStartBytes: Buffer.byteLength(bodyStart),
  };
  prepared.set(held, made);
  return made;
}

/**
 * Answers with a token in the form the caller prefers; the times in it are those of this moment. Written to Node's
 * response itself, as every token is handed out here and Fastify's own way costs as much again as all the rest.
 */
export function sendToken(request: FastifyRequest, reply: FastifyReply, vended: VendedToken): void {
  const { etag, text, textBytes, bodyStart, bodyStartBytes } = prepare(vended.held);
  if (prefersText(request.headers.accept)) {
    const type = 'text/plain; charset=utf-8';
    write(
      reply,
      200,
      [...common(request, etag), 'content-type', type, 'content-length', String(textBytes)],
      text,
    );
    return;
  }
  const epochSeconds = Math.floor(vended.expiresAt / 1000);
  const bodyEnd = `${vended.expiresIn},"expires_at":${epochSeconds},"refresh_in":${vended.refreshIn}}`;
  const length = String(bodyStartBytes + bodyEnd.length);
  write(
    reply,
    200,
    [...common(request, etag), 'content-type', 'application/json; charset=utf-8', 'content-length', length],
    bodyStart + bodyEnd,
  );
}

/** Answers that the caller's token is still the one to use. */
export function sendNotModified(request: FastifyRequest, reply: FastifyReply, { held }: VendedToken): void {
  write(reply, 304, common(request, prepare(held).etag));
}

const common = (request: FastifyRequest, etag: string): string[] => [
  'cache-control',
  'no-store',
  'etag',
  etag,
  'x-request-id',
  request.id,
];

function write(reply: FastifyReply, status: number, headers: string[], body?: string): void {
  reply.hijack();
  reply.raw.writeHead(status, headers).end(body);
}
