import { z } from 'zod';

import { jsonIn } from './text-list.ts';
import { characterFault } from './character-fault.ts';

/** A metascope as a claim of the assertion writes it: `https://ims-na1.adobelogin.com/s/ent_aem_cloud_api`. */
const CLAIM = /^(?:https?:\/\/[^/\s]+)?\/s\/([^/\s]+)$/;
const RULE = 'must be a comma-separated list without blanks or empty entries';
const NAME_RULE = 'must be names such as ent_aem_cloud_api: letters, digits, "_", "-" and "."';

/**
 * `integration.metascopes`: Adobe writes one text. Lists, JSON text and the form of a claim have one meaning
 * as well. No client trims metascopes, so a blank would become part of a claim's name.
 */
export const metascopesField = z.unknown().transform((value, context): readonly string[] => {
  const names = readNames(value);
  if (typeof names !== 'string') return names;
  context.addIssue(names);
  return z.NEVER;
});

function readNames(value: unknown): readonly string[] | string {
  if (value === undefined || value === null) return 'is missing';
  const parsed = typeof value === 'string' ? (jsonIn(value) ?? value) : value;
  const items = typeof parsed === 'string' ? parsed.split(',') : parsed;
  if (!Array.isArray(items) || !items.every((item) => typeof item === 'string')) {
    return 'must be text, or a list of texts';
  }
  if (items.length === 0 || (items.length === 1 && items[0] === '')) return 'is empty';
  if (items.some((item) => item === '' || /[ ]/.test(item))) return RULE;
  const fault = items.map(characterFault).find((found) => found !== null);
  if (fault !== undefined) return `${RULE}; it ${fault}`;
  const names = items.map((item) => CLAIM.exec(item)?.[1] ?? item);
  return names.every((name) => /^[\w.-]+$/.test(name)) ? names : NAME_RULE;
}
