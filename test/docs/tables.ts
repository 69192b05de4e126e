import { readFile } from 'node:fs/promises';

/** The name in the first cell of each row of every table of a page: what the page claims there is. */
export async function namesInTables(page: string): Promise<string[]> {
  const text = await readFile(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
}

/** Sorted and without repetitions, for comparing what is written with what is there. */
export const asSet = (names: Iterable<string>): string[] => [...new Set(names)].toSorted();
