import { Secret } from '#libs/tokens';

import { usageFailure } from '../command-failure.ts';
import { inputName, readInput } from '../input.ts';

/** Reads a caller's key. @throws CommandFailure where the file holds anything but one word */
export async function readKey(path: string): Promise<Secret> {
  const text = (await readInput(path)).toString('utf8').trim();
  if (!/^[\x21-\x7e]{1,4096}$/.test(text)) {
    throw usageFailure(`${inputName(path)} holds no key: one word of plain characters is expected.`);
  }
  return new Secret(text);
}
