/** Makes text that came from outside fit for a diagnosis: printable, short, and free of what we sent in confidence. */
export type Quote = (text: string, longest?: number) => string;

const MAX_LENGTH = 200;
/** Far more than is ever shown, so that a secret cut in two by the shortening is still recognised. */
const EXAMINED = 1_000;
/** As many characters in a row that a secret also has are no accident. */
const TELLING = 8;
/** Letters, marks, numbers, punctuation and symbols print; controls, separators and direction marks do not. */
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]+/gu;

/** A `Quote` that withholds every text with a piece of one of these secrets in it, plain or form-encoded. */
export function quoteWithout(secrets: readonly string[]): Quote {
  const guarded = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, new URLSearchParams({ _: secret }).toString().slice(2)])
    .map((secret) => secret.toLowerCase());
  return (text, longest = MAX_LENGTH) => {
    const printable = text.slice(0, EXAMINED).replaceAll(UNPRINTABLE, ' ').trim();
    if (guarded.some((secret) => sharesRun(printable.toLowerCase(), secret))) {
      return '[withheld: it repeats what was sent]';
    }
    return printable.length <= longest ? printable : `${printable.slice(0, longest - 1)}…`;
  };
}

function sharesRun(text: string, secret: string): boolean {
  const length = Math.min(TELLING, secret.length);
  for (let start = 0; start + length <= text.length; start += 1) {
    if (secret.includes(text.slice(start, start + length))) return true;
  }
  return false;
}
