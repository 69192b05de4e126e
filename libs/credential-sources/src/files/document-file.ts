import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';

import { LARGEST_DOCUMENT } from '../documents/json-document.ts';

/** What came of reading one file of the folder. */
export type DocumentFile =
  | { readonly status: 'read'; readonly bytes: Uint8Array }
  | { readonly status: 'unreadable'; readonly reason: string }
  /** Listed, but gone since: the listing is out of date. */
  | { readonly status: 'vanished' };

/** Reads a file, following symbolic links (Kubernetes mounts consist of them), one byte beyond the largest document at most. */
export async function readDocumentFile(path: string): Promise<DocumentFile> {
  try {
    // Without O_NONBLOCK opening a named pipe waits for a writer that never comes.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) return { status: 'unreadable', reason: 'it is not a file' };
      return { status: 'read', bytes: await readStart(handle, LARGEST_DOCUMENT + 1) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT') return { status: 'unreadable', reason: code };
    return (await isListed(path))
      ? { status: 'unreadable', reason: 'it is a link that points nowhere' }
      : { status: 'vanished' };
  }
}

async function readStart(handle: FileHandle, length: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < length; filled += read) {
    ({ bytesRead: read } = await handle.read(buffer, filled, length - filled));
  }
  return buffer.subarray(0, filled);
}

/** The system's short name for what went wrong, such as EACCES. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

async function isListed(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
