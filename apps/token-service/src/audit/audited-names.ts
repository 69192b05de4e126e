import { auditedName } from './audited-name.ts';

/** Names of credentials that are kept in escaped form. */
const MAX_ESCAPED_NAMES = 10_000;

/** The requested names as JSON. Escaping a name is most of the cost of a line, and the names are few. */
export class AuditedNames {
  readonly #isKey: (text: string) => boolean;
  readonly #escaped = new Map<string, string>();

  /** @param isKey whether a text is the key of a caller, which the audit must not show */
  constructor(isKey: (text: string) => boolean) {
    this.#isKey = isKey;
  }

  toJson(name: string): string {
    let escaped = this.#escaped.get(name);
    if (escaped === undefined) {
      if (this.#escaped.size >= MAX_ESCAPED_NAMES) this.#escaped.clear();
      escaped = auditedName(name, this.#isKey);
      this.#escaped.set(name, escaped);
    }
    return escaped;
  }
}
