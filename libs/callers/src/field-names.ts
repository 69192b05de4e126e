import { closestMatch } from 'leven';

/** The fields of each kind of mapping, by its place, such as `callers[].jwt`. */
export type KnownFields = Readonly<Record<string, readonly string[]>>;

/** One or two words of letters, in camel or snake case, as people name fields. Keys are not like that. */
const WORDS = /^[a-z]+(?:[A-Z][a-z]+|_[a-z]+)?$/;
/** In characters. */
const MAX_WORDS_LENGTH = 16;

/**
 * Describes a field that does not exist. A key may have been pasted in the place of a name, so the name is
 * quoted only if it is close to a known one, or one or two short words.
 */
export function unknownField(name: string, place: string, known: KnownFields): string {
  const here = known[place] ?? [];
  const glued = here.find((field) => name.startsWith(`${field}:`));
  if (glued !== undefined) return `write a space after "${glued}:"`;
  if (name === '<<') return 'merge keys (<<) are not supported; repeat the fields';
  const similar = closeTo(name, here);
  if (similar !== undefined) return `unknown field ${quoted(name)}; did you mean ${similar}?`;
  for (const [other, fields] of Object.entries(known)) {
    const field = closeTo(name, fields);
    if (field === undefined) continue;
    const home = `${field} belongs in ${other || 'the file itself'}`;
    return `unknown field ${quoted(name)}; ${home}: check the indentation`;
  }
  const list = `the fields here are ${here.join(', ')}`;
  return WORDS.test(name) && name.length <= MAX_WORDS_LENGTH
    ? `unknown field "${name}"; ${list}`
    : `unknown field (its name may be a key, so it is not shown); ${list}`;
}

/** The known name that is meant, in other case, with other separators or letters, or only its start. */
function closeTo(name: string, fields: readonly string[]): string | undefined {
  const plain = simplified(name);
  const bySimplified = new Map(fields.map((field) => [simplified(field), field]));
  // Two swapped letters are two edits.
  const maxDistance = plain.length < 4 ? 1 : Math.max(2, Math.floor(plain.length / 4));
  const match =
    closestMatch(plain, [...bySimplified.keys()], { maxDistance }) ??
    [...bySimplified.keys()].find((field) => plain.length > 2 && field.startsWith(plain));
  return match === undefined ? undefined : bySimplified.get(match);
}

const simplified = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '');

/** Shows letters of other scripts as escapes, as they may look like Latin ones. */
const quoted = (name: string): string =>
  JSON.stringify(name).replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
