import { setImmediate as turn } from 'node:timers/promises';

import {
  toCredentialName,
  type CredentialName,
  type CredentialStatusRecord,
  type StoreListing,
} from '#libs/tokens';

import type { CatalogRecords } from './catalog-records.ts';
import { LISTED_FIELD } from './redis-keys.ts';

/** So many records are checked before other work of the process gets its turn: about three milliseconds. */
const BATCH_SIZE = 250;

interface Listing {
  generation: number;
  removed: boolean;
  status: CredentialStatusRecord | null;
}

interface Checked {
  readonly text: string;
  /** Null unless authentic. */
  readonly part: Partial<Listing> | null;
}

/** The listings of a part of the catalog. */
interface ReadListings {
  readonly listings: readonly StoreListing[];
  /** Name and value of each field that was found not to be authentic. */
  readonly refused: readonly (readonly [field: string, value: string])[];
}

/** Checks the records of the catalog. Most are unchanged since the last poll, and are not checked again. */
export class CatalogListings {
  readonly #records: CatalogRecords;
  #checked = new Map<string, Checked>();
  readonly #names = new Set<CredentialName>();

  constructor(records: CatalogRecords) {
    this.#records = records;
  }

  /** The credentials of which authentic records were read. */
  get names(): readonly CredentialName[] {
    return [...this.#names];
  }

  /**
   * Reads fields of the catalog. Ignores those that no process with the sealing keys has written.
   * @param fields name, value, name, value…
   */
  async read(fields: readonly string[]): Promise<ReadListings> {
    const before = this.#checked;
    const checked = new Map<string, Checked>();
    const found = new Map<CredentialName, Listing>();
    const refused: [string, string][] = [];
    for (let place = 0, fresh = 0; place + 1 < fields.length; place += 2) {
      const [field = '', text = ''] = [fields[place], fields[place + 1]];
      if (field === LISTED_FIELD) continue;
      const name = /^[grx]:/.test(field) ? toCredentialName(field.slice(2)) : null;
      let known = before.get(field);
      if (known?.text !== text) {
        if ((fresh += 1) % BATCH_SIZE === 0) await turn();
        known = { text, part: name === null ? null : this.#check(field, name, text) };
        if (known.part === null) refused.push([field, text]);
      }
      checked.set(field, known);
      if (known.part === null || name === null) continue;
      const listing = found.get(name) ?? { generation: 0, removed: false, status: null };
      found.set(name, Object.assign(listing, known.part));
      this.#names.add(name);
    }
    this.#checked = checked;
    return { listings: [...found].map(([name, listing]) => ({ name, ...listing })), refused };
  }

  #check(field: string, name: CredentialName, text: string): Partial<Listing> | null {
    switch (field[0]) {
      case 'g': {
        const generation = this.#records.openGeneration(name, text);
        return generation === null ? null : { generation };
      }
      case 'x':
        return this.#records.isRemoval(name, text) ? { removed: true } : null;
      default:
        return this.#records.openStatus(name, text);
    }
  }
}
