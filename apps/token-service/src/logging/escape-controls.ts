/** DEL, the C1 control characters and the line separators, which `JSON.stringify` leaves as they are. */
const UNESCAPED = /[\x7f-\x9f\u2028\u2029]/g;

/** Escapes the control characters in JSON: some terminals obey those of 8 bits. */
export const escapeControls = (json: string): string =>
  json.replaceAll(UNESCAPED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
