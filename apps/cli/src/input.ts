import { createReadStream } from 'node:fs';

import { errorCode } from '#libs/tokens';

import { usageFailure } from './command-failure.ts';

/** One byte more than a document or a key may have, so that its reader can refuse a larger input. */
const MAX_INPUT_BYTES = 64 * 1024 + 1;

/** The name of an input in messages. */
export const inputName = (path: string): string => (path === '-' ? 'standard input' : path);

/**
 * Reads a file, or standard input when the path is `-`. No secret comes in any other way.
 * @throws CommandFailure when the input can't be read
 */
export async function readInput(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const input: AsyncIterable<Buffer> = path === '-' ? process.stdin : createReadStream(path);
    for await (const chunk of input) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_INPUT_BYTES) break;
    }
  } catch (error) {
    const reason = errorCode(error) ?? 'unknown reason';
    throw usageFailure(`${inputName(path)} can't be read (${reason}).`);
  }
  return Buffer.concat(chunks).subarray(0, MAX_INPUT_BYTES);
}
