import { rm, writeFile } from 'node:fs/promises';

import type { Secret } from '#libs/tokens';

import { usageFailure } from '../command-failure.ts';

/**
 * Writes a key to a new file that only its owner may read.
 * @param replace takes the place of a file that is there; otherwise that is an error
 * @throws CommandFailure where it can't be written
 */
export async function writeKey(path: string, key: Secret, replace: boolean): Promise<void> {
  try {
    // Writing into the old file would keep its mode, which may let others read.
    if (replace) await rm(path, { force: true });
    await writeFile(path, `${key.reveal()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw usageFailure(
      reason === 'EEXIST'
        ? `${path} exists already, and may hold a key that is in use. Choose another file, or add --force.`
        : `${path} can't be written (${reason}).`,
    );
  }
}
