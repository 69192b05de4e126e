import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';

import { millis, Peers, withDeadlineOr, type PeerAnswer, type PeerRequest } from '#libs/tokens';
import { z } from 'zod';

import type { PeerAddress } from './peer-address.ts';
import type { PeerMessages } from './peer-messages.ts';

/** The path of the route for peers. */
export const PEERS_PATH = '/internal/peers';
/** The limit of one `ask`: a refresh may wait for it. */
const TIMEOUT = millis(1_000);
/** So many peers are asked at once, chosen at random: each of them knows nearly everything. */
const MAX_PEERS = 8;
/** Above the largest answer: 64 tokens of 64 KiB, sealed. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

const answerSchema = z.object({ answer: z.string() });

interface HttpPeersOptions {
  readonly addresses: readonly PeerAddress[];
  readonly messages: PeerMessages;
}

/** Asks the processes that host names resolve to, by HTTP. The messages are sealed, so TLS adds nothing. */
export class HttpPeers extends Peers {
  readonly #options: HttpPeersOptions;

  constructor(options: HttpPeersOptions) {
    super();
    this.#options = options;
  }

  async ask(request: PeerRequest): Promise<readonly PeerAnswer[]> {
    const signal = AbortSignal.timeout(TIMEOUT);
    const origins = await withDeadlineOr(TIMEOUT, this.#resolve(), []);
    const answers = await Promise.all(
      origins.map((origin) => this.#askOne(origin, request, signal).catch(() => null)),
    );
    return answers.filter((answer) => answer !== null);
  }

  /** A name that does not resolve has no processes. */
  async #resolve(): Promise<string[]> {
    const found = await Promise.all(
      this.#options.addresses.map(async ({ host, port }) => {
        const addresses = await lookup(host, { all: true }).catch(() => []);
        return addresses.map(({ address, family }) => {
          const written = family === 6 ? `[${address}]` : address;
          return { origin: `http://${written}:${port}`, order: Math.random() };
        });
      }),
    );
    const shuffled = found.flat().toSorted((one, other) => one.order - other.order);
    return shuffled.slice(0, MAX_PEERS).map(({ origin }) => origin);
  }

  async #askOne(origin: string, request: PeerRequest, signal: AbortSignal): Promise<PeerAnswer | null> {
    const { messages } = this.#options;
    const nonce = randomUUID();
    const sealed = await messages.sealRequest({ request, nonce, at: Date.now() });
    const response = await fetch(`${origin}${PEERS_PATH}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ request: sealed }),
      redirect: 'error',
      signal,
    });
    const text = await readText(response);
    if (response.status !== 200) return null;
    return messages.openAnswer(answerSchema.parse(JSON.parse(text)).answer, nonce);
  }
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
