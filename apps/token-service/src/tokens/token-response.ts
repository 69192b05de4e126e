import type { CachedToken, VendedToken } from '#libs/tokens';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { prefersText } from '../http/accept.ts';
import { entityTag } from '../http/entity-tag.ts';

/** A body, and the headers that depend on it. */
interface Content {
  readonly type: string;
  readonly length: string;
  readonly body: string;
}

/** The prepared responses about one token. The JSON is that of the second in which it was last requested. */
interface Prepared {
  /** Weak, because the seconds in the body change while the token stays the same. */
  readonly etag: string;
  readonly text: Content;
  readonly jsonStart: string;
  json: Content;
  /** The three times in `json`. All are compared, because the system clock may be set. */
  expiresIn: number;
  expiresAt: number;
  refreshIn: number;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const preparedResponses = new WeakMap<CachedToken, Prepared>();

const content = (type: string, body: string): Content => ({
  type,
  body,
  length: String(Buffer.byteLength(body)),
});

function prepare(cached: CachedToken): Prepared {
  const known = preparedResponses.get(cached);
  if (known !== undefined) return known;
  const { token } = cached.record;
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
  preparedResponses.set(cached, made);
  return made;
}

/** The JSON of this second: the first request builds it, and later ones reuse it. */
function jsonOf(prepared: Prepared, { expiresIn, expiresAt, refreshIn }: VendedToken): Content {
  const epochSeconds = Math.floor(expiresAt / 1000);
  if (
    prepared.expiresIn !== expiresIn ||
    prepared.expiresAt !== epochSeconds ||
    prepared.refreshIn !== refreshIn
  ) {
    const end = `${expiresIn},"expires_at":${epochSeconds},"refresh_in":${refreshIn}}`;
    prepared.json = content(JSON_TYPE, prepared.jsonStart + end);
    prepared.expiresIn = expiresIn;
    prepared.expiresAt = epochSeconds;
    prepared.refreshIn = refreshIn;
  }
  return prepared.json;
}

/**
 * Sends a token in the form that the caller prefers, with the times of this moment. It writes to Node's
 * response itself: Fastify's `reply.send` would double the cost of a vend.
 */
export function sendToken(request: FastifyRequest, reply: FastifyReply, vended: VendedToken): void {
  const responses = prepare(vended.cached);
  const { accept } = request.headers;
  const isText =
    accept !== undefined && accept !== '*/*' && accept !== 'application/json' && prefersText(accept);
  const { type, length, body } = isText ? responses.text : jsonOf(responses, vended);
  const headers = [...common(request, responses.etag), 'content-type', type, 'content-length', length];
  write(reply, 200, headers, body);
}

/** Sends 304: the caller has the current token. */
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
