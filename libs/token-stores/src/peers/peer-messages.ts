import {
  MAX_KNOWN,
  MAX_NEWS,
  toCredentialName,
  type CredentialName,
  type PeerAnswer,
  type PeerRequest,
} from '#libs/tokens';
import { z } from 'zod';

import { openText, sealText, type Place } from '../sealing/sealed-text.ts';
import type { SealingKeys } from '../sealing/sealing-keys.ts';
import { readTokenText, writeTokenText } from '../sealing/token-text.ts';

const name = z.string().transform((text, context): CredentialName => {
  const parsed = toCredentialName(text);
  if (parsed !== null) return parsed;
  context.addIssue({ code: 'custom', message: 'no credential name' });
  return z.NEVER;
});
const generation = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const requestSchema = z.object({
  nonce: z.uuid(),
  at: z.number(),
  known: z.array(z.tuple([name, generation])).max(MAX_KNOWN),
  range: z.object({ after: z.string().max(63), upTo: z.string().max(63).nullable() }).nullable(),
});
const answerSchema = z.object({
  news: z.array(z.object({ name, generation, token: z.string().nullable() })).max(MAX_NEWS),
  isWhole: z.boolean(),
  knowsAll: z.boolean(),
});

/** A request as it arrived. */
interface ReceivedRequest {
  readonly request: PeerRequest;
  /** Random; the answer is sealed for it, so no answer fits another request. */
  readonly nonce: string;
  /** When it was sent, in epoch milliseconds of the sender. */
  readonly at: number;
}

/**
 * The messages between processes of one service. Both are sealed with the sealing keys: only a process that
 * has one can ask, and only such a process can answer.
 */
export class PeerMessages {
  readonly #keys: SealingKeys;
  readonly #prefix: string;

  constructor(keys: SealingKeys, prefix: string) {
    this.#keys = keys;
    this.#prefix = prefix;
  }

  sealRequest({ request, nonce, at }: ReceivedRequest): Promise<string> {
    return sealText(this.#keys, JSON.stringify({ nonce, at, ...request }), this.#place('request'));
  }

  /** @throws Error for anything that `sealRequest` does not return with one of the keys */
  async openRequest(sealed: string): Promise<ReceivedRequest> {
    const text = await openText(this.#keys, sealed, this.#place('request'));
    const { nonce, at, known, range } = requestSchema.parse(JSON.parse(text));
    return { nonce, at, request: { known, range } };
  }

  sealAnswer({ news, isWhole, knowsAll }: PeerAnswer, nonce: string): Promise<string> {
    const texts = news.map(({ record, ...one }) => ({ ...one, token: record && writeTokenText(record) }));
    return sealText(this.#keys, JSON.stringify({ news: texts, isWhole, knowsAll }), this.#place(nonce));
  }

  /** @throws Error for anything that `sealAnswer` does not return for this nonce */
  async openAnswer(sealed: string, nonce: string): Promise<PeerAnswer> {
    const text = await openText(this.#keys, sealed, this.#place(nonce));
    const { news, ...answer } = answerSchema.parse(JSON.parse(text));
    const records = news.map(({ token, ...one }) => ({
      ...one,
      record: token === null ? null : { ...one, ...readTokenText(token) },
    }));
    return { news: records, ...answer };
  }

  #place(peer: string): Place {
    return { pfx: this.#prefix, peer };
  }
}
