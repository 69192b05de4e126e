import { byAttention, nextTrouble } from './attention.js';
import { STATES } from './credential.js';
import { element, part, setText } from './element.js';
import { lengthOf } from './words.js';

/** @typedef {import('./credential.js').Credential} Credential */
/** @typedef {import('./credential.js').State} State */

/** The top of the page: the next failure, the number of credentials by state, and the shortest lifetime. */
export class Summary {
  #trouble = part('trouble', HTMLParagraphElement);
  #runway = part('runway', HTMLParagraphElement);
  /** @type {Map<State, HTMLButtonElement>} */
  #counts = new Map();
  #chosen;
  /** The state that the list is filtered by. @type {State | null} */
  state = null;

  /** @param {() => void} chosen called when the user chooses another state */
  constructor(chosen) {
    this.#chosen = chosen;
    for (const state of STATES) {
      const count = element('strong', '', '0');
      const button = element('button', 'count', count, ` ${state}`);
      button.type = 'button';
      button.dataset['state'] = state;
      button.setAttribute('aria-pressed', 'false');
      button.addEventListener('click', () => this.#choose(this.state === state ? null : state));
      this.#counts.set(state, button);
    }
    part('counts', HTMLDivElement).replaceChildren(...this.#counts.values());
  }

  /**
   * @param {readonly Credential[]} credentials
   * @param {number} now
   */
  show(credentials, now) {
    const sorted = credentials.toSorted(byAttention(now));
    const { text, name } = nextTrouble(sorted, now);
    if (this.#trouble.textContent !== text) {
      const link = element('a', '', text);
      link.href = `#credential-${name}`;
      this.#trouble.replaceChildren(name === null ? text : link);
    }
    this.#trouble.classList.toggle('good', sorted[0]?.state === 'healthy');
    for (const [state, button] of this.#counts) {
      const count = credentials.filter((credential) => credential.state === state).length;
      const [number] = button.children;
      if (number) setText(number, String(count));
      button.classList.toggle('none', count === 0);
    }
    const troubled = credentials.filter(({ state }) => state !== 'healthy').length;
    document.title = `${troubled === 0 ? '' : `(${troubled}) `}Credentials – ims-token-service`;
    setText(this.#runway, shortestRunway(credentials, now));
  }

  /** @param {State | null} state */
  #choose(state) {
    this.state = state;
    for (const [each, button] of this.#counts) button.setAttribute('aria-pressed', String(each === state));
    this.#chosen();
  }
}

/**
 * @param {readonly Credential[]} credentials
 * @param {number} now
 */
function shortestRunway(credentials, now) {
  let shortest = Infinity;
  let name = '';
  for (const credential of credentials) {
    const left = Math.max(0, (credential.expiresAt ?? 0) - now);
    if (left >= shortest) continue;
    shortest = left;
    ({ name } = credential);
  }
  if (shortest === Infinity) return '';
  return shortest === 0
    ? `Shortest runway: ${name} has none`
    : `Shortest runway: ${lengthOf(shortest)}, of ${name}`;
}
