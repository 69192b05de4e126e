import { EventParser } from './event-parser.js';

/** Longer than the service is ever silent: it sends a heartbeat every 15 seconds. */
const LONGEST_SILENCE = 40_000;
const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/**
 * Hears the events and the state of a connection.
 * @typedef {object} Listener
 * @property {(event: string, data: any) => void} hear an event
 * @property {() => void} connected
 * @property {(reason: string) => void} lost it is tried again
 * @property {(status: number, detail: string, withKey: boolean) => void} refused it is not tried again
 */

/**
 * Reads the service's events over `fetch`, because EventSource cannot send a key. Only this object has the
 * key: no storage, no address and no element of the page has it.
 */
export class Connection {
  #listener;
  /** @type {string | null} */
  #key = null;
  /** @type {AbortController | null} */
  #attempt = null;
  #pause = SHORTEST_PAUSE;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
  }

  get hasKey() {
    return this.#key !== null;
  }

  /** @param {string | null} key null: with the browser's own log-in, if it has one */
  open(key) {
    this.close();
    this.#key = key;
    void this.#follow();
  }

  /** Closes the connection and forgets the key. */
  close() {
    this.#attempt?.abort();
    this.#attempt = null;
    this.#key = null;
  }

  async #follow() {
    const attempt = new AbortController();
    this.#attempt = attempt;
    try {
      const refusal = await this.#listen(attempt);
      if (attempt.signal.aborted && this.#attempt !== attempt) return;
      if (refusal !== null) {
        const hadKey = this.hasKey;
        this.close();
        this.#listener.refused(refusal.status, refusal.detail, hadKey);
        return;
      }
      this.#tryAgain(attempt, 'The service ended the connection.');
    } catch {
      this.#tryAgain(attempt, 'The service cannot be reached.');
    }
  }

  /**
   * @param {AbortController} attempt
   * @param {string} reason
   */
  #tryAgain(attempt, reason) {
    if (this.#attempt !== attempt) return;
    this.#listener.lost(reason);
    const pause = this.#pause * (0.5 + Math.random());
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    setTimeout(() => {
      if (this.#attempt === attempt) void this.#follow();
    }, pause);
  }

  /**
   * @param {AbortController} attempt
   * @returns {Promise<{ status: number, detail: string } | null>} the reason why the service refuses, which a
   * new attempt would not change
   */
  async #listen(attempt) {
    let silence = setTimeout(() => attempt.abort(), LONGEST_SILENCE);
    try {
      const answer = await fetch('dashboard/events', {
        headers: this.#key === null ? {} : { authorization: `Bearer ${this.#key}` },
        cache: 'no-store',
        redirect: 'error',
        signal: attempt.signal,
      });
      if ([401, 403, 429].includes(answer.status)) {
        return { status: answer.status, detail: (await answer.json()).detail };
      }
      if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
      const parser = new EventParser();
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      this.#pause = SHORTEST_PAUSE;
      this.#listener.connected();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return null;
        clearTimeout(silence);
        silence = setTimeout(() => attempt.abort(), LONGEST_SILENCE);
        for (const { event, data } of parser.push(value)) {
          const content = JSON.parse(data);
          if (event === 'refused') return content;
          this.#listener.hear(event, content);
        }
      }
    } finally {
      clearTimeout(silence);
    }
  }
}
