import { byAttention } from './attention.js';
import { nameOf, Row } from './row.js';

/** @typedef {import('./credential.js').Credential} Credential */

/** How long the page may work before it lets the browser paint and handle input. */
const SLICE = 8;

const pause = () => new Promise((resolve) => setTimeout(resolve));

/**
 * All credentials in order of urgency. It works in slices, so that a thousand rows do not block the browser.
 */
export class CredentialList {
  #list;
  #now;
  #arranged;
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** @type {Map<string, Credential>} */
  #credentials = new Map();
  /** @type {Set<string>} names of rows that are out of date */
  #changed = new Set();
  #words = '';
  /** @type {string | null} */
  #state = null;
  #isArranging = false;
  #again = false;
  #sight = new IntersectionObserver((entries) => this.#seen(entries), { rootMargin: '200px' });

  /**
   * @param {HTMLElement} list
   * @param {() => number} now
   * @param {(found: number) => void} arranged called with the number of matching rows after each update
   */
  constructor(list, now, arranged) {
    this.#list = list;
    this.#now = now;
    this.#arranged = arranged;
  }

  get all() {
    return this.#credentials;
  }

  /** Replaces all credentials. @param {readonly Credential[]} credentials */
  replace(credentials) {
    const names = new Set(credentials.map(({ name }) => name));
    this.change(
      credentials,
      [...this.#credentials.keys()].filter((name) => !names.has(name)),
    );
  }

  /**
   * @param {readonly Credential[]} credentials
   * @param {readonly string[]} removed
   */
  change(credentials, removed) {
    for (const name of removed) {
      this.#credentials.delete(name);
      const row = this.#rows.get(name);
      if (row !== undefined) this.#sight.unobserve(row.element);
      row?.element.remove();
      this.#rows.delete(name);
    }
    for (const credential of credentials) {
      this.#credentials.set(credential.name, credential);
      this.#changed.add(credential.name);
    }
    void this.#arrange();
  }

  /** Shows only matching rows. @param {string} words @param {string | null} state */
  filter(words, state) {
    this.#words = words.trim().toLowerCase();
    this.#state = state;
    void this.#arrange();
  }

  /** Updates the times of the rows on the screen. */
  tick() {
    for (const row of this.#rows.values()) row.tick();
  }

  /** Opens the row that the address names. Returns whether it exists. */
  openLinked() {
    const row = this.#rows.get(nameOf(location.hash.slice(1)));
    if (row === undefined) return false;
    row.element.hidden = false;
    row.open();
    return true;
  }

  async #arrange() {
    this.#again = true;
    if (this.#isArranging) return;
    this.#isArranging = true;
    while (this.#again) {
      // In a task of its own, so that events that arrive together are arranged together.
      await pause();
      this.#again = false;
      await this.#pass();
    }
    this.#isArranging = false;
    this.#arranged([...this.#rows.values()].filter(({ element }) => !element.hidden).length);
  }

  /** Walks down the list once. A change on the way ends the walk, and the next one starts at the top. */
  async #pass() {
    const sorted = [...this.#credentials.values()].sort(byAttention(this.#now()));
    let place = this.#list.firstElementChild;
    let start = performance.now();
    for (const credential of sorted) {
      const { element } = this.#show(credential);
      if (place !== null && place !== element && place.nextElementSibling === element) {
        // A row that has moved down is removed first; otherwise every row after it would have to move up.
        this.#move(place, null);
        place = element;
      }
      if (place === element) place = element.nextElementSibling;
      else this.#move(element, place);
      if (performance.now() - start < SLICE) continue;
      await pause();
      if (this.#again) return;
      start = performance.now();
    }
  }

  /**
   * Returns the updated row of a credential; creates it where there is none.
   * @param {Credential} credential
   */
  #show(credential) {
    const { name } = credential;
    const known = this.#rows.get(name);
    const row = known ?? new Row(credential, this.#now);
    if (known === undefined) {
      this.#rows.set(name, row);
      this.#sight.observe(row.element);
    } else if (this.#changed.has(name)) row.update(credential);
    this.#changed.delete(name);
    const isHidden = !row.matches(this.#words, this.#state);
    if (row.element.hidden !== isHidden) row.element.hidden = isHidden;
    return row;
  }

  /**
   * Moves a row and keeps the focus inside it.
   * @param {Element} element
   * @param {Element | null} before
   */
  #move(element, before) {
    const focused = element.contains(document.activeElement) ? document.activeElement : null;
    this.#list.insertBefore(element, before);
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }

  /** @param {readonly IntersectionObserverEntry[]} entries */
  #seen(entries) {
    for (const { target, isIntersecting } of entries) {
      const row = this.#rows.get(nameOf(target.id));
      if (row === undefined) continue;
      row.isSeen = isIntersecting;
      row.tick();
    }
  }
}
