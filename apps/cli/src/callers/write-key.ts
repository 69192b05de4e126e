import { rm, writeFile } from 'node:fs/promises';

import { errorCode, type Secret } from '#libs/tokens';

import { usageFailure } from '../command-failure.ts';

/**
 * Writes a key to a new file that only its owner may read.
 * @param replace whether to replace an existing file, which is an error otherwise
 * @throws CommandFailure when the file can't be written
 */
export async function writeKey(path: string, key: Secret, replace: boolean): Promise<void> {
  try {
    // A write to the existing file would keep its mode, which may let others read it.
    if (replace) await rm(path, { force: true });
    await writeFile(path, `${key.reveal()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const reason = errorCode(error) ?? 'unknown reason';
    throw usageFailure(
      reason === 'EEXIST'
        ? `${path} exists already, and may hold a key that is in use. Choose another file, or add --force.`
        : `${path} can't be written (${reason}).`,
    );
  }
}
