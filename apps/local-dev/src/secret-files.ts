import { chmod, readFile, writeFile } from 'node:fs/promises';

const ONLY_THIS_USER = 0o600;

/** Writes a file that only this user may read. */
export async function writeSecret(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: ONLY_THIS_USER });
  // The mode above does not apply to a file that exists.
  await chmod(path, ONLY_THIS_USER);
}

/** Reads a file; null if there is none. @throws Error that names the file if it cannot be read */
export async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    if (code === 'ENOENT') return null;
    throw new Error(`${path} can't be read (${code}). Move it away: the next start makes a new one.`, {
      cause: error,
    });
  }
}
