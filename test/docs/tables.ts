import { readFile } from 'node:fs/promises';

/** The names in the first cells of all tables of a page. */
export async function namesInTables(page: string): Promise<string[]> {
  const text = await readFile(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
}

/** Sorted and without repetitions, to compare a page with the code. */
export const asSet = (names: Iterable<string>): string[] => [...new Set(names)].toSorted();
