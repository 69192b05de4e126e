import { createReadStream } from 'node:fs';

import { usageFailure } from './command-failure.ts';

/** One byte more than any document or key has: enough to see that it is too much. */
const LARGEST_INPUT = 64 * 1024 + 1;

/** How to name an input for people. */
export const inputName = (path: string): string => (path === '-' ? 'standard input' : path);

/**
 * Reads a file, or standard input where the path is `-`: the only ways a secret gets in here.
 * @throws CommandFailure where it can't be read
 */
export async function readInput(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const input: AsyncIterable<Buffer> = path === '-' ? process.stdin : createReadStream(path);
    for await (const chunk of input) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= LARGEST_INPUT) break;
    }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw usageFailure(`${inputName(path)} can't be read (${reason}).`);
  }
  return Buffer.concat(chunks).subarray(0, LARGEST_INPUT);
}
