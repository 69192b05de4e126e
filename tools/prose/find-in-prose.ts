import { RULES, type ProseRule } from './rules.ts';
import type { Prose } from './prose.ts';

/** A place where a text breaks a rule of this project's prose. */
export interface Finding {
  /** Of the first character, in the whole file. */
  readonly offset: number;
  readonly rule: string;
  readonly phrase: string;
  readonly instead: string;
}

/** Finds the banned constructions of one text. */
export function findInProse({ offset, text }: Prose): Finding[] {
  return RULES.flatMap((rule) =>
    [...text.matchAll(rule.pattern)]
      .filter((match) => !(rule.allowedInQuestions && isQuestion(text, match.index)))
      .map((match) => toFinding(rule, match[0], offset + match.index)),
  );
}

const toFinding = ({ name, instead }: ProseRule, phrase: string, offset: number): Finding => ({
  offset,
  rule: name,
  phrase: phrase.replaceAll(/\s+/g, ' '),
  instead,
});

/** Whether the sentence around this place ends with a question mark. */
const isQuestion = (text: string, at: number): boolean => /^[^.!?]*\?/.test(text.slice(at));
