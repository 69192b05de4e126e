/** Text that people read, at the offsets that it has in its file: what is not prose is replaced by spaces. */
export interface Prose {
  readonly offset: number;
  readonly text: string;
}

/** Replaces every match by spaces and keeps the line breaks, so that all offsets stay the same. */
export const blank = (text: string, pattern: RegExp): string =>
  text.replaceAll(pattern, (match) => match.replaceAll(/[^\n]/g, ' '));

/** Quoted text, URLs and names of documentation tags: the writer did not choose their words. */
export function blankQuotations(text: string): string {
  const withoutCode = blank(blank(text, /`[^`\n]*`/g), /\bhttps?:\/\/\S+/g);
  const withoutTags = blank(withoutCode, /@(?:param|throws|typeParam) \S+|\{@\w+ [^}]*\}/g);
  return blank(withoutTags, /"[^"\n]*"|“[^”\n]*”|(?<![\p{L}\p{N}])'[^'\n]*'(?![\p{L}\p{N}])/gu);
}
