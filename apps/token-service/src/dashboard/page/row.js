import { isFailing, searchText } from './credential.js';
import { details } from './details.js';
import { element, setText } from './element.js';
import { Life } from './life.js';
import { timeline } from './timeline.js';

/** @typedef {import('./credential.js').Credential} Credential */

/** Long enough to tell versions apart; an open row shows the whole version. */
const SHOWN_OF_VERSION = 12;
const ID = 'credential-';

/** The credential whose row has this id. @param {string} id */
export const nameOf = (id) => (id.startsWith(ID) ? id.slice(ID.length) : '');

/** One credential on the page. Its details are built when the row is opened. */
export class Row {
  #badge = element('span', 'badge');
  #version = element('span', '');
  #stage = element('span', 'stage');
  #provenance = element('span', 'version', this.#version, this.#stage);
  #failure = element('span', 'failure');
  #history = element('span', 'lately');
  #life = new Life();
  #body = element('div', 'body');
  #details;
  /** @type {Credential} */
  #credential;
  #searched;
  #now;
  element;
  /** Whether the row is on the screen or near it. Only then are its times updated. */
  isSeen = false;

  /**
   * @param {Credential} credential
   * @param {() => number} now
   */
  constructor(credential, now) {
    const { name } = credential;
    this.#credential = credential;
    this.#searched = '';
    this.#now = now;
    const summary = element(
      'summary',
      '',
      this.#badge,
      element('span', 'who', element('span', 'name', name), this.#failure),
      ...this.#life.elements,
      this.#provenance,
      this.#history,
    );
    this.#details = element('details', '', summary, this.#body);
    this.#details.addEventListener('toggle', () => this.#toggled());
    const link = element('a', 'link', '#');
    link.href = `#${ID}${name}`;
    link.setAttribute('aria-label', `Link to ${name}`);
    this.element = element('li', 'credential', this.#details, link);
    this.element.id = `${ID}${name}`;
    this.update(credential);
  }

  /** Shows the present state. @param {Credential} credential */
  update(credential) {
    this.#credential = credential;
    this.#searched = searchText(credential);
    const { state, version, stage, lastFailure, history } = credential;
    if (this.element.dataset['state'] !== state) this.element.dataset['state'] = state;
    setText(this.#badge, state);
    setText(this.#version, version?.slice(0, SHOWN_OF_VERSION) ?? '');
    setText(this.#stage, stage ?? '');
    this.#provenance.classList.toggle('previous', stage === 'AWSPREVIOUS');
    setText(this.#failure, isFailing(credential) && lastFailure !== null ? lastFailure.code : '');
    this.#history.replaceChildren(timeline(history, this.#now()));
    this.#showDetails();
    this.#life.show(credential, this.#now());
  }

  /** Updates the times. */
  tick() {
    if (this.isSeen) this.#life.show(this.#credential, this.#now());
  }

  /** @param {string} words lower case @param {string | null} state */
  matches(words, state) {
    return (state === null || this.#credential.state === state) && this.#searched.includes(words);
  }

  open() {
    this.#details.open = true;
    this.element.scrollIntoView({ block: 'start' });
    this.#details.querySelector('summary')?.focus({ preventScroll: true });
  }

  /** Puts the row into the address, so that a link to it can be shared and survives a reload. */
  #toggled() {
    this.#showDetails();
    const hash = `#${this.element.id}`;
    if (this.#details.open) history.replaceState(null, '', hash);
    else if (location.hash === hash) history.replaceState(null, '', location.pathname);
  }

  #showDetails() {
    if (this.#details.open) this.#body.replaceChildren(...details(this.#credential, this.#now()));
    else if (this.#body.hasChildNodes()) this.#body.replaceChildren();
  }
}
