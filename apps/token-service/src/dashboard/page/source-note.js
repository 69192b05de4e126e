import { part, setText } from './element.js';

/**
 * What the service says of its credential source.
 * @typedef {object} Source
 * @property {{ ok: boolean, detail: string } | null} credential_source
 * @property {readonly { stored_as: string, code: string }[]} skipped
 */

/** How many names of skipped documents the note lists. */
const MOST_NAMES = 10;

/** The note above the list: a source that cannot be read or has no credential, and what was skipped in it. */
export class SourceNote {
  #note = part('source', HTMLDivElement);
  #detail = part('source-detail', HTMLParagraphElement);
  #skipped = part('source-skipped', HTMLParagraphElement);

  /** @param {Source} source */
  show({ credential_source: state, skipped }) {
    const names = skipped.slice(0, MOST_NAMES).map(({ stored_as: name }) => name);
    const more = skipped.length - names.length;
    setText(this.#detail, state === null || state.ok ? '' : `The credential source: ${state.detail}`);
    setText(
      this.#skipped,
      names.length === 0
        ? ''
        : `Skipped, because the name is no credential’s: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    );
    for (const line of [this.#detail, this.#skipped]) line.hidden = line.textContent === '';
    this.#note.hidden = this.#detail.hidden && this.#skipped.hidden;
  }
}
