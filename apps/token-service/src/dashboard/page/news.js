import { part } from './element.js';
import { several } from './words.js';

/** @typedef {import('./credential.js').Credential} Credential */

/** Changes within this time are announced in one sentence. */
const GATHER = 1000;
const MOST_IN_FULL = 3;

/** Announces changed states of credentials to users of screen readers. */
export class News {
  #place = part('news', HTMLParagraphElement);
  /** @type {Map<string, string>} */
  #waiting = new Map();

  /**
   * @param {Credential | undefined} before
   * @param {Credential} after
   */
  compare(before, after) {
    if (before === undefined || before.state === after.state) return;
    if (this.#waiting.size === 0) setTimeout(() => this.#tell(), GATHER);
    const why = after.state === 'healthy' || after.lastFailure === null ? '' : `: ${after.lastFailure.code}`;
    this.#waiting.set(after.name, `${after.name} is now ${after.state}${why}`);
  }

  #tell() {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#place.textContent =
      all.length > MOST_IN_FULL ? `${several(all.length, 'credential')} changed state` : all.join('. ');
  }
}
