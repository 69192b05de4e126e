import { SystemClock, type Clock, type PeerAnswer, type PeerRequest } from '#libs/tokens';

import type { PeerMessages } from './peer-messages.ts';

/** Longer than clocks of machines differ. A later copy of a request only costs the work of an answer. */
const MAX_AGE = 10 * 60 * 1000;
/** Far above the need of a service, and so few that copies of a request take no time from callers. */
const MAX_PER_SECOND = 100;

/** Answers requests of peers, as text for the wire. */
export class PeerResponder {
  readonly #messages: PeerMessages;
  readonly #answer: (request: PeerRequest) => PeerAnswer;
  readonly #clock: Clock;
  #second = 0;
  #answered = 0;

  constructor(
    messages: PeerMessages,
    answer: (request: PeerRequest) => PeerAnswer,
    clock: Clock = new SystemClock(),
  ) {
    this.#messages = messages;
    this.#answer = answer;
    this.#clock = clock;
  }

  /** The sealed answer. Null for a request of no process of this service, an old one, or one too many. */
  async respond(sealed: string): Promise<string | null> {
    const received = await this.#messages.openRequest(sealed).catch(() => null);
    if (received === null || Math.abs(this.#clock.now() - received.at) > MAX_AGE) return null;
    if (!this.#hasRoom()) return null;
    return this.#messages.sealAnswer(this.#answer(received.request), received.nonce);
  }

  #hasRoom(): boolean {
    const second = Math.floor(this.#clock.monotonic() / 1_000);
    if (second !== this.#second) this.#answered = 0;
    this.#second = second;
    this.#answered += 1;
    return this.#answered <= MAX_PER_SECOND;
  }
}
