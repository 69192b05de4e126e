import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';

import { errorCode } from '#libs/tokens';

import { MAX_DOCUMENT_BYTES } from '../documents/json-document.ts';

/** The result of reading one file of the folder. */
export type DocumentFile =
  | { readonly status: 'read'; readonly bytes: Uint8Array; readonly mode: number }
  | { readonly status: 'unreadable'; readonly reason: string }
  /** The file is gone since the listing. */
  | { readonly status: 'vanished' };

/**
 * Reads a file, at most one byte more than a document may have. Follows symbolic links: Kubernetes mounts
 * consist of them.
 */
export async function readDocumentFile(path: string): Promise<DocumentFile> {
  try {
    // Without O_NONBLOCK opening a named pipe waits for a writer that never comes.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return { status: 'unreadable', reason: 'it is not a file' };
      const bytes = await readStart(handle, MAX_DOCUMENT_BYTES + 1);
      return { status: 'read', bytes, mode: stat.mode };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
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

async function isListed(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
