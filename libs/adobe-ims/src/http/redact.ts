/** Returns text from outside in a form that a diagnosis may contain: printable, short and without secrets. */
export type Redact = (text: string, maxLength?: number) => string;

const MAX_LENGTH = 200;
/** Much longer than any result, so that a secret that the shortening cuts in two is still found. */
const MAX_EXAMINED = 1_000;
/** A text that shares this many consecutive characters with a secret contains a part of it. */
const MIN_MATCH = 8;
/**
 * Letters, marks, numbers, punctuation and symbols are kept; controls, separators and direction marks are
 * not.
 */
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]+/gu;

/**
 * Makes a `Redact` that withholds every text with a fragment of one of these secrets, plain or form-encoded.
 */
export function redactorFor(secrets: readonly string[]): Redact {
  const guarded = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, new URLSearchParams({ _: secret }).toString().slice(2)])
    .map((secret) => secret.toLowerCase());
  return function redact(text, maxLength = MAX_LENGTH) {
    const printable = text.slice(0, MAX_EXAMINED).replaceAll(UNPRINTABLE, ' ').trim();
    if (guarded.some((secret) => containsFragmentOf(secret, printable.toLowerCase()))) {
      return '[withheld: it repeats what was sent]';
    }
    return printable.length <= maxLength ? printable : `${printable.slice(0, maxLength - 1)}…`;
  };
}

function containsFragmentOf(secret: string, text: string): boolean {
  const length = Math.min(MIN_MATCH, secret.length);
  for (let start = 0; start + length <= text.length; start += 1) {
    if (secret.includes(text.slice(start, start + length))) return true;
  }
  return false;
}
