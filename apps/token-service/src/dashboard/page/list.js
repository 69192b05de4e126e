import { byAttention } from './attention.js';
import { nameOf, Row } from './row.js';

/** @typedef {import('./credential.js').Credential} Credential */

/** How long the page may work before it lets the browser paint and listen to its user. */
const SLICE = 8;

const pause = () => new Promise((resolve) => setTimeout(resolve));

/** All credentials, in the order in which they need attention. Works in slices, so that a thousand hold nothing up. */
export class CredentialList {
  #list;
  #now;
  #arranged;
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** @type {Map<string, Credential>} */
  #credentials = new Map();
  /** @type {Set<string>} what is not shown yet as it is */
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
   * @param {(found: number) => void} arranged told of how many rows match whenever everything is in place
   */
  constructor(list, now, arranged) {
    this.#list = list;
    this.#now = now;
    this.#arranged = arranged;
  }

  get all() {
    return this.#credentials;
  }

  /** Puts these in the place of all. @param {readonly Credential[]} credentials */
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

  /** Shows only what matches. @param {string} words @param {string | null} state */
  filter(words, state) {
    this.#words = words.trim().toLowerCase();
    this.#state = state;
    void this.#arrange();
  }

  /** Lets time go by for what is on the screen. */
  tick() {
    for (const row of this.#rows.values()) row.tick();
  }

  /** Opens the row that the address names, if there is one. Says whether there is. */
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
      // Not in the task that read the news: what comes together is arranged together.
      await pause();
      this.#again = false;
      await this.#pass();
    }
    this.#isArranging = false;
    this.#arranged([...this.#rows.values()].filter(({ element }) => !element.hidden).length);
  }

  /** One walk down the list. Given up where something changes on the way: the next one starts afresh. */
  async #pass() {
    const sorted = [...this.#credentials.values()].sort(byAttention(this.#now()));
    let place = this.#list.firstElementChild;
    let start = performance.now();
    for (const credential of sorted) {
      const { element } = this.#show(credential);
      if (place !== null && place !== element && place.nextElementSibling === element) {
        // What has moved down is put aside, or everything after it would have to be moved up.
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
   * The row of a credential as it is now, made where there is none.
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
   * Moves a row without taking the focus out of it.
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
