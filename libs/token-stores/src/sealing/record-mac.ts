import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

import type { SealingKeys } from './sealing-keys.ts';

const PURPOSE = 'ims-token-service: records that are not secret';
/** Of SHA-256's 32 bytes: enough against a writer that can only guess. */
const MAC_BYTES = 16;
/** `KID.MAC TEXT`. A KID has no space, and a MAC no dot. */
const SIGNED = /^([A-Za-z0-9._-]{1,32})\.([A-Za-z0-9_-]{22}) ([^]*)$/;

/**
 * Authenticates records that the Lua scripts must be able to read: HMAC-SHA256 with keys derived from the
 * sealing keys (RFC 5869), each record for one place. A user of Redis without the keys can neither make a
 * record nor move one.
 */
export class RecordMac {
  readonly #sealingKeys: SealingKeys;
  readonly #prefix: string;
  readonly #derived = new Map<string, Buffer>();

  constructor(sealingKeys: SealingKeys, prefix: string) {
    this.#sealingKeys = sealingKeys;
    this.#prefix = prefix;
  }

  /** @param place what the record is and where it belongs, such as `status` and the name of the credential */
  sign(place: readonly string[], text: string): string {
    const { kid } = this.#sealingKeys.first;
    return `${kid}.${this.#mac(kid, place, text)?.toString('base64url')} ${text}`;
  }

  /** The signed text; null for one that was altered, moved here, or signed with a key that is not known. */
  open(place: readonly string[], signed: string): string | null {
    const [, kid, mac, text] = SIGNED.exec(signed) ?? [];
    if (kid === undefined || mac === undefined || text === undefined) return null;
    const expected = this.#mac(kid, place, text);
    return expected !== null && timingSafeEqual(expected, Buffer.from(mac, 'base64url')) ? text : null;
  }

  #mac(kid: string, place: readonly string[], text: string): Buffer | null {
    const key = this.#key(kid);
    if (key === null) return null;
    const hmac = createHmac('sha256', key).update(JSON.stringify([this.#prefix, ...place, text]));
    return hmac.digest().subarray(0, MAC_BYTES);
  }

  #key(kid: string): Buffer | null {
    const known = this.#derived.get(kid);
    if (known !== undefined) return known;
    const sealingKey = this.#sealingKeys.find(kid);
    if (sealingKey === undefined) return null;
    const key = Buffer.from(hkdfSync('sha256', sealingKey, '', PURPOSE, 32));
    this.#derived.set(kid, key);
    return key;
  }
}
