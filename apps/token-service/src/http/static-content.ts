import { hash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { preferredEncoding } from './accept.ts';
import { entityTag, matches } from './entity-tag.ts';

/** A text that does not change while the process runs. It is compressed once and sent from memory. */
export class StaticContent {
  readonly #type: string;
  readonly #sha256: string;
  readonly #plain: Buffer;
  readonly #gzip: Buffer;
  readonly #br: Buffer;

  constructor(type: string, text: string) {
    this.#type = type;
    this.#plain = Buffer.from(text);
    this.#gzip = gzipSync(this.#plain);
    this.#br = brotliCompressSync(this.#plain);
    this.#sha256 = hash('sha256', this.#plain, 'hex');
  }

  /** Answers in the encoding that the client prefers, or with 304 if `If-None-Match` names this content. */
  send({ headers }: FastifyRequest, reply: FastifyReply): void {
    const etag = entityTag(this.#sha256);
    void reply.headers({ etag, vary: 'accept-encoding', 'cache-control': 'no-cache' });
    const ifNoneMatch = headers['if-none-match'];
    if (ifNoneMatch !== undefined && matches(ifNoneMatch, this.#sha256)) {
      void reply.code(304).send();
      return;
    }
    const encoding = preferredEncoding(headers['accept-encoding']);
    if (encoding !== null) void reply.header('content-encoding', encoding);
    void reply.header('content-type', this.#type).send(this.#encoded(encoding));
  }

  #encoded(encoding: 'br' | 'gzip' | null): Buffer {
    if (encoding === 'br') return this.#br;
    return encoding === 'gzip' ? this.#gzip : this.#plain;
  }
}
