import type { ErrorCode } from 'yaml';

const NOT_CLOSED = 'a quote or bracket is not closed, or a line before this one is indented wrongly';
const NO_TAGS = 'tags (!name) are not supported; write a text that begins with "!" in quotes';
const NO_ANCHORS = 'an anchor (&name) or alias (*name) is misplaced; write such a text in quotes';
const ODD_KEY = 'a field name must be one plain word on one line, before ": "';

/** What the codes of the parser mean in a callers file, and what to do. */
const EXPLANATIONS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: NO_ANCHORS,
  BAD_ALIAS: '"*" begins an alias here; write a pattern with "*" in quotes',
  BAD_COLLECTION_TYPE: NO_TAGS,
  BAD_DIRECTIVE: 'a line that begins with "%" is not supported; the file is YAML 1.2',
  BAD_DQ_ESCAPE: 'an unknown escape in double quotes; write "\\\\" for a backslash',
  BAD_INDENT: `the indentation is wrong, or ${NOT_CLOSED}`,
  BAD_PROP_ORDER: NO_ANCHORS,
  BAD_SCALAR_START: 'a text that begins with "@" or a backquote must be in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a second ": " on one line, or a next line that is indented too far; write a text with ": " in quotes',
  BLOCK_IN_FLOW: 'a list or mapping over several lines inside brackets',
  DUPLICATE_KEY: 'this field is already set above; set it once',
  IMPOSSIBLE: 'not valid YAML',
  KEY_OVER_1024_CHARS: ODD_KEY,
  MISSING_CHAR: `"- ", ": ", a comma or a closing character is missing: ${NOT_CLOSED}`,
  MULTILINE_IMPLICIT_KEY: ODD_KEY,
  MULTIPLE_ANCHORS: NO_ANCHORS,
  MULTIPLE_DOCS: 'a second document begins here (after "---"); put all callers into one document',
  MULTIPLE_TAGS: NO_TAGS,
  NON_STRING_KEY: ODD_KEY,
  RESOURCE_EXHAUSTION: 'too many aliases (*name), or too deeply nested',
  TAB_AS_INDENT: 'a tab in the indentation; indent with spaces',
  TAG_RESOLVE_FAILED: NO_TAGS,
  UNEXPECTED_TOKEN: `unexpected text: ${NOT_CLOSED}`,
};

/** The meaning of an error of the parser. Its own message quotes the text. */
export const explainYamlError = (code: ErrorCode): string => `${EXPLANATIONS[code]} (${code})`;
