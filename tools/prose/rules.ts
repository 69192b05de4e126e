/** A construction that is not used in this project, and what to write in its place. */
export interface ProseRule {
  readonly name: string;
  /** Global: it finds every match of a text. */
  readonly pattern: RegExp;
  readonly instead: string;
  /** Whether a sentence that ends with a question mark may use it. */
  readonly allowedInQuestions?: true;
}

/** Verbs that follow "Has X …" where X is made to do something. */
const CAUSED = 'take|make|read|look|send|give|try|exchange|refresh|write|ask|answer|wait|know|say|do|go|come';

/**
 * Words of a private vocabulary or of another century, each with the plain word.
 * A word is a regular expression; spaces match line breaks too.
 */
const WORDS: Readonly<Record<string, string>> = {
  'trails?': '"audit record", or "history"',
  '(?<!(?:single|in)[- ])flights?|flying|fly|flown|flew': '"refresh", "exchange" or "request in progress"',
  'mirror(?:s|ed|ing)?': '"StoreSync", "copy" or "synchronize"',
  'hurr(?:y|ies|ied|ying)': '"at once", or what happens: "resets the back-off"',
  'strangers?': '"an unknown caller", or "a credential that is not listed"',
  'befall(?:s|en|ing)?|befell': '"happen to"',
  'farewells?': '"the last event", or "the closing message"',
  anew: '"again", or "new"',
  'for ever': '"forever", or "without end"',
  'outdo(?:es|ne)?|outdid': '"replace with a newer one"',
  'whilst|lest|whence|wherein|whereby|thereof|therein|thereby|henceforth|albeit': 'a word of today',
  'amiss|astray|in vain|come to nothing|of old': 'what failed, and how',
  'by (?:our|its|their|your) own hands?': '"in this project", or the name of the actor',
  '(?:is|are|was|were|be|been) at it': 'what the actor is doing: "another process is exchanging it"',
  'the like': 'the list in full',
  '(?:the|a|one|each|every|next|first|last|this|its|their) look|the looks': '"poll", "check" or "read"',
  'can not(?! be decoded)': '"cannot"',
  'can hardly|shall|ought to': '"cannot", "must" or the present tense',
  'be it': '"whether"',
};

const WORD_RULES = Object.entries(WORDS).map(([word, instead]): ProseRule => ({
  name: 'plain-word',
  pattern: new RegExp(`\\b(?:${word.replaceAll(' ', String.raw`\s+`)})\\b(?!-)`, 'gi'),
  instead,
}));

/** All rules, the first match at a place wins. */
export const RULES: readonly ProseRule[] = [
  {
    name: 'name-the-actor',
    pattern: /\b(?:nobody|somebody|anybody|everybody|whoever|whomever)\b/gi,
    instead: 'the actor: "no process", "another caller", "each reader"',
  },
  {
    name: 'name-the-actor',
    pattern: /\bWho\b(?=\s+\p{L})/gu,
    instead: 'the actor: "A caller that …", "The process that …"',
    allowedInQuestions: true,
  },
  {
    name: 'name-the-actor',
    pattern: /\b(?:of|for|to|by|from|with|than|that|and|or)\s+who\b/g,
    instead: '"callers that …", "the process that …"',
    allowedInQuestions: true,
  },
  {
    name: 'name-the-thing',
    pattern: /\bwhatever\b/gi,
    instead: 'the thing: "every value that …", or "regardless of …"',
  },
  {
    name: 'subject-first',
    pattern: /\bOf\s+(?:those|who|what|them|all|one|him)\b/g,
    instead: 'the subject first: "Set for unauthenticated requests only."',
  },
  {
    name: 'subject-first',
    pattern: new RegExp(String.raw`\bHas\s+(?:\w+\s+)?[\w-]+\s+(?:${CAUSED})\b`, 'g'),
    instead: 'the verb itself: "Revokes a token at IMS."',
    allowedInQuestions: true,
  },
  ...WORD_RULES,
];
