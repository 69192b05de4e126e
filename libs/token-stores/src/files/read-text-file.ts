import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

import { errorCode } from '#libs/tokens';

/** Larger than any list of authorities. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads a small file, synchronously: ioredis asks for the password of a connection and does not wait for it.
 * Follows symbolic links, as mounts of Kubernetes consist of them.
 * @throws Error with path and reason; it quotes nothing of the file
 */
export function readTextFile(path: string): string {
  try {
    // Without O_NONBLOCK opening a named pipe waits for a writer that never comes.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) throw new Error('it is no file');
      if (stat.size > MAX_BYTES) throw new Error('it is larger than 1 MiB');
      return readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const reason = errorCode(error) ?? (error instanceof Error ? error.message : 'unknown reason');
    throw new Error(`${path} can't be read (${reason})`, { cause: error });
  }
}

/**
 * Reads a file that holds one secret, without the end of its line.
 * @throws Error with path and reason; it quotes nothing of the file
 */
export function readSecretFile(path: string): string {
  const text = readTextFile(path)
    .replace(/^\uFEFF/, '')
    .replace(/[\r\n]+$/, '');
  if (text === '') throw new Error(`${path} is empty`);
  return text;
}
