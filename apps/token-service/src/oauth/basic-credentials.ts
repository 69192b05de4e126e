import { isUtf8 } from 'node:buffer';

/** The credentials of an OAuth client. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/**
 * The decodings of id and secret inside the base64 of Basic. The first is that of RFC 6749 §2.3.1. Many
 * clients encode nothing, some leave a plus sign unchanged, and some encode only the colon.
 */
const DECODINGS: readonly ((text: string) => string)[] = [
  (text) => decodeURIComponent(text.replaceAll('+', ' ')),
  (text) => text,
  decodeURIComponent,
  (text) => text.replaceAll(/%3A/gi, ':'),
];

/**
 * Returns each possible reading of a Basic header, the most likely one first; none where it has no id or
 * secret.
 */
export function readBasicCredentials(encoded: string): readonly ClientCredentials[] {
  const bytes = Buffer.from(encoded, 'base64');
  // Browsers' `btoa` encodes Latin-1.
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
    // The text has a percent sign that encodes nothing, so the client used another encoding.
    return null;
  }
}
