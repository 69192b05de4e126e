import { codeProse } from './code-prose.ts';
import { findInProse, type Finding } from './find-in-prose.ts';
import { findWideComments, findWideLines } from './line-width.ts';
import { markdownProse } from './markdown-prose.ts';
import { blank, blankQuotations, type Prose } from './prose.ts';

/** Folders whose texts users see. The texts of tests are data, and those of this checker are its examples. */
const HAS_MESSAGES = /^(?:apps|libs|bench|deploy)\//;

/** Finds everything in one file that breaks a rule of prose, in the order of its lines. */
export function checkFile(path: string, source: string): Finding[] {
  const findings = [...findWide(path, source), ...prose(path, source).flatMap(findInProse)];
  return findings.toSorted((a, b) => a.offset - b.offset);
}

const isCode = (path: string): boolean => /\.(?:ts|mjs|js)$/.test(path);
const isPage = (path: string): boolean => path.endsWith('.md');

function findWide(path: string, source: string): Finding[] {
  if (isCode(path)) return findWideComments(path, source);
  return isPage(path) ? findWideLines(source) : [];
}

function prose(path: string, source: string): Prose[] {
  if (isPage(path)) return markdownProse(source);
  if (isCode(path)) {
    const readsMessages = HAS_MESSAGES.test(path) && !path.endsWith('.spec.ts');
    return codeProse(path, source, { readsMessages });
  }
  // Configuration and templates: a comment and a value read the same.
  return [{ offset: 0, text: blankQuotations(blank(source, /\{\{[\s\S]*?\}\}/g)) }];
}
