import { Secret } from '#libs/tokens';

import { usageFailure } from '../command-failure.ts';
import { inputName, readInput } from '../input.ts';

/**
 * Reads a caller's key.
 * @param path the value of `--key-file`
 * @throws CommandFailure when the file does not hold exactly one word
 */
export async function readKey(path: string | undefined): Promise<Secret> {
  if (path === undefined) throw usageFailure('--key-file is missing: a file with the key, or "-".');
  return readWord(path, 'key');
}

/**
 * Reads an access token without a prefix.
 * @throws CommandFailure when the file does not hold exactly one word
 */
export const readToken = (path: string): Promise<Secret> => readWord(path, 'token');

async function readWord(path: string, what: string): Promise<Secret> {
  const text = (await readInput(path)).toString('utf8').trim();
  if (!/^[\x21-\x7e]{1,16384}$/.test(text)) {
    throw usageFailure(`${inputName(path)} holds no ${what}: one word of plain characters is expected.`);
  }
  return new Secret(text);
}
