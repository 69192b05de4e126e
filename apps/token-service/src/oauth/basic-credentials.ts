import { isUtf8 } from 'node:buffer';

/** What an OAuth client proves itself with. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/**
 * How clients encode id and secret before Basic's own base64, the standard's way (RFC 6749 §2.3.1) first. Many encode
 * nothing, some leave a plus sign as it is, and some encode only the colon, at which the two are parted.
 */
const DECODINGS: readonly ((text: string) => string)[] = [
  (text) => decodeURIComponent(text.replaceAll('+', ' ')),
  (text) => text,
  decodeURIComponent,
  (text) => text.replaceAll(/%3A/gi, ':'),
];

/** Everything the value of a Basic header may mean, most likely first; nothing where it names no id and secret. */
export function readBasicCredentials(encoded: string): readonly ClientCredentials[] {
  const bytes = Buffer.from(encoded, 'base64');
  // Not UTF-8: from a client that had only `btoa`, which knows Latin-1.
  const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  const colon = text.indexOf(':');
  if (colon < 1) return [];
  const readings = new Map<string, ClientCredentials>();
  for (const decode of DECODINGS) {
    const id = decoded(text.slice(0, colon), decode);
    const secret = decoded(text.slice(colon + 1), decode);
    if (id !== null && secret !== null) readings.set(`${id}\n${secret}`, { id, secret });
  }
  return [...readings.values()];
}

function decoded(text: string, decode: (text: string) => string): string | null {
  try {
    return decode(text);
  } catch {
    // A percent sign that encodes nothing: the text was not encoded this way.
    return null;
  }
}
