import type { CachedToken, VendedToken } from '#libs/tokens';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { prefersText } from '../http/accept.ts';
import { entityTag } from './entity-tag.ts';

/** A body as it goes out, with its headers. */
interface Content {
  readonly type: string;
  readonly length: string;
  readonly body: string;
}

/** The answers about one token: those that stay the same as long as it does, and that of the second it was last asked for. */
interface Prepared {
  readonly etag: string;
  readonly text: Content;
  readonly jsonStart: string;
  json: Content;
  /** The times in `json`; all three, as the clock may be set. */
  expiresIn: number;
  expiresAt: number;
  refreshIn: number;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const prepared = new WeakMap<CachedToken, Prepared>();

const content = (type: string, body: string): Content => ({
  type,
  body,
  length: String(Buffer.byteLength(body)),
});

function prepare(held: CachedToken): Prepared {
  const known = prepared.get(held);
  if (known !== undefined) return known;
  const { token } = held.record;
  const text = token.reveal();
  const made = {
    etag: entityTag(token.sha256),
    text: content('text/plain; charset=utf-8', text),
    jsonStart: `{"access_token":${JSON.stringify(text)},"token_type":"Bearer","expires_in":`,
    json: content(JSON_TYPE, ''),
    expiresIn: 0,
    expiresAt: 0,
    refreshIn: 0,
  };
  prepared.set(held, made);
  return made;
}

/** The JSON of this second: made for the first who asks, and the same for all others. */
function jsonOf(about: Prepared, { expiresIn, expiresAt, refreshIn }: VendedToken): Content {
  const epochSeconds = Math.floor(expiresAt / 1000);
  if (about.expiresIn !== expiresIn || about.expiresAt !== epochSeconds || about.refreshIn !== refreshIn) {
    const end = `${expiresIn},"expires_at":${epochSeconds},"refresh_in":${refreshIn}}`;
    about.json = content(JSON_TYPE, about.jsonStart + end);
    about.expiresIn = expiresIn;
    about.expiresAt = epochSeconds;
    about.refreshIn = refreshIn;
  }
  return about.json;
}

/**
 * Answers with a token in the form the caller prefers; the times in it are those of this moment. Written to Node's
 * response itself, as every token is handed out here and Fastify's own way costs as much again as all the rest.
 */
export function sendToken(request: FastifyRequest, reply: FastifyReply, vended: VendedToken): void {
  const about = prepare(vended.cached);
  const { type, length, body } = prefersText(request.headers.accept) ? about.text : jsonOf(about, vended);
  const headers = [...common(request, about.etag), 'content-type', type, 'content-length', length];
  write(reply, 200, headers, body);
}

/** Answers that the caller's token is still the one to use. */
export function sendNotModified(request: FastifyRequest, reply: FastifyReply, { cached }: VendedToken): void {
  write(reply, 304, common(request, prepare(cached).etag));
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
