import { part } from './element.js';

/** Asks for a key, or for the browser's own log-in. */
export class Login {
  #section = part('login', HTMLElement);
  #problem = part('login-problem', HTMLParagraphElement);
  #key = part('key', HTMLInputElement);

  /** @param {(key: string) => void} submitted */
  constructor(submitted) {
    part('login-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      const key = this.#key.value.trim();
      // The key must not stay in the page, where the next user of the browser could read it.
      this.#key.value = '';
      if (key !== '') submitted(key);
    });
    const browserLogin = part('browser-login', HTMLAnchorElement);
    // The browser keeps the fragment over redirects, so a link to a credential survives the log-in.
    browserLogin.addEventListener('click', () => (browserLogin.hash = location.hash));
  }

  /** @param {string | null} problem the problem of the last attempt */
  show(problem) {
    this.#section.hidden = false;
    this.#problem.hidden = problem === null;
    this.#problem.textContent = problem;
    this.#key.focus();
  }

  hide() {
    this.#section.hidden = true;
  }
}
