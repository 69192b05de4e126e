import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { devNull } from 'node:os';

import { errorCode, exposureOf } from '#libs/tokens';

import { CallersFileUnreadable } from './callers-file-problem.ts';

/** Without O_NONBLOCK, opening a named pipe waits for a writer that may never come. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

const REASONS: Readonly<Record<string, string>> = {
  EMFILE: 'this process has no file descriptor left (EMFILE): raise its limit of open files',
  ENFILE: 'this machine has no file descriptor left (ENFILE)',
};
const isOutOfDescriptors = (error: unknown): boolean => (errorCode(error) ?? '') in REASONS;

/** A file as it was at one moment. */
export interface ReadCallersFile {
  readonly text: string;
  /** What every user of this machine may do with it; null where that is nothing. */
  readonly exposure: string | null;
}

/**
 * Reads the callers file. It keeps one file descriptor in reserve, so that a process without any other one
 * still notices that a key was removed.
 */
export class CallersFileReader {
  readonly path: string;
  #reserve: number | null;
  #isClosed = false;

  constructor(path: string) {
    this.path = path;
    this.#reserve = openReserve();
  }

  /** @throws CallersFileUnreadable with the reason */
  async read(): Promise<ReadCallersFile> {
    if (!this.#isClosed) this.#reserve ??= openReserve();
    try {
      await using file = await open(this.path, READ);
      return { text: await file.readFile('utf8'), exposure: this.#exposure(await file.stat()) };
    } catch (error) {
      if (this.#reserve === null || !isOutOfDescriptors(error)) throw unreadable(this.path, error);
      return this.#readWith(this.#reserve);
    }
  }

  /** Gives the reserve back. */
  close(): void {
    this.#isClosed = true;
    if (this.#reserve !== null) closeSync(this.#reserve);
    this.#reserve = null;
  }

  #exposure({ mode }: { readonly mode: number }): string | null {
    return exposureOf(this.path, mode);
  }

  /** Synchronous: in between, a new connection would take the descriptor. */
  #readWith(reserve: number): ReadCallersFile {
    closeSync(reserve);
    this.#reserve = null;
    try {
      const file = openSync(this.path, READ);
      try {
        return { text: readFileSync(file, 'utf8'), exposure: this.#exposure(fstatSync(file)) };
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw unreadable(this.path, error);
    } finally {
      this.#reserve = openReserve();
    }
  }
}

/** Null while there is no descriptor to reserve. */
function openReserve(): number | null {
  try {
    return openSync(devNull, constants.O_RDONLY);
  } catch (error) {
    if (isOutOfDescriptors(error)) return null;
    throw error;
  }
}

function unreadable(path: string, error: unknown): CallersFileUnreadable {
  const code = errorCode(error) ?? 'unknown reason';
  return new CallersFileUnreadable(`${path} can't be read: ${REASONS[code] ?? code}`, { cause: error });
}
