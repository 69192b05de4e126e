import type { CredentialName } from '#libs/tokens';

import type { NoticeListener } from '../documents/document-cache.ts';

/** Gives notice of files that every user of the machine can read or change, once per change of their mode. */
export class ExposedFiles {
  readonly #onNotice: NoticeListener;
  readonly #noticed = new Map<CredentialName, string>();

  constructor(onNotice: NoticeListener = () => undefined) {
    this.#onNotice = onNotice;
  }

  /** @param exposure as `exposureOf` returns it */
  notice(name: CredentialName, exposure: string | null): void {
    if (exposure === null) {
      this.#noticed.delete(name);
      return;
    }
    if (this.#noticed.get(name) === exposure) return;
    this.#noticed.set(name, exposure);
    this.#onNotice({ name, code: 'file_exposed', diagnosis: exposure });
  }
}
