import { z } from 'zod';

/** The value of a text that is JSON, or undefined. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A list that may be written as JSON text (`["a","b"]`), as consoles that store text only do, or as plain
 * text with the items between separators.
 */
export const listFrom = <T extends z.ZodType>(list: T, separator: RegExp | null) =>
  z.preprocess((value) => {
    if (typeof value !== 'string' || value === '') return value;
    const parsed = jsonIn(value);
    if (Array.isArray(parsed)) return parsed;
    return separator === null ? [value] : value.split(separator);
  }, list);
