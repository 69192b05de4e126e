import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { CacheUnavailable, errorCode } from '#libs/tokens';

/** The folder cannot be used as it is. The message has the remedy. */
export class CacheFolderProblem extends Error {
  override readonly name = 'CacheFolderProblem';
}

const TEMPORARY = /^\.[a-z0-9._-]+\.[0-9a-f-]{36}\.tmp$/;
/** A named pipe must not block the start, and a link must not lead out of the folder. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
/** Far above the size of a sealed token or manifest. */
const MAX_BYTES = 4 * 1024 * 1024;

/** A folder of small files, each written completely or not at all. */
export class CacheFolder {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Opens a folder, or creates it. Only its owner may have any right to it.
   * @throws CacheFolderProblem
   */
  static async open(path: string): Promise<CacheFolder> {
    await create(path);
    const { mode, uid } = await stat(path);
    const own = process.getuid?.();
    if (own !== undefined && uid !== own) {
      throw new CacheFolderProblem(
        `belongs to user ${uid}, and this process is user ${own}: chown ${own} it`,
      );
    }
    const rights = (mode & 0o7777).toString(8).padStart(4, '0');
    if ((mode & 0o077) !== 0) {
      throw new CacheFolderProblem(`has the mode ${rights}, which lets others in: chmod 0700 it`);
    }
    const folder = new CacheFolder(path);
    try {
      await folder.write('probe', '');
      await folder.remove('probe');
      await folder.#removeTemporary();
    } catch (error) {
      const reason = error instanceof CacheUnavailable ? error.message : 'It cannot be read.';
      // A full disk is no reason not to start: it may have room later.
      if (!reason.includes('ENOSPC') && !reason.includes('EDQUOT')) throw new CacheFolderProblem(reason);
    }
    return folder;
  }

  /** The names of its files; none where it cannot be read. */
  async list(): Promise<readonly string[]> {
    return readdir(this.#path).catch(() => []);
  }

  /** The text of a file; null where there is none, or none of this class. */
  async read(name: string): Promise<string | null> {
    try {
      await using file = await open(join(this.#path, name), READ_FLAGS);
      const found = await file.stat();
      return found.isFile() && found.size <= MAX_BYTES ? await file.readFile('utf8') : null;
    } catch {
      return null;
    }
  }

  /**
   * Replaces a file. It is on the disk when this resolves.
   * @throws CacheUnavailable
   */
  async write(name: string, text: string): Promise<void> {
    const temporary = join(this.#path, `.${name}.${randomUUID()}.tmp`);
    try {
      await writeNew(temporary, text);
      await rename(temporary, join(this.#path, name));
      await this.#sync();
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw unavailable('written', error);
    }
  }

  /**
   * Removes a file, where there is one.
   * @throws CacheUnavailable
   */
  async remove(name: string): Promise<void> {
    try {
      await unlink(join(this.#path, name));
      await this.#sync();
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw unavailable('changed', error);
    }
  }

  /** What a process that died while it wrote has left behind. */
  async #removeTemporary(): Promise<void> {
    for (const name of await this.list()) if (TEMPORARY.test(name)) await this.remove(name);
  }

  /** Without this, a power cut may undo a rename. */
  async #sync(): Promise<void> {
    await using folder = await open(this.#path, 'r');
    await folder.sync();
  }
}

async function create(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST' && (await isFolder(path))) return;
    if (code === 'EEXIST') throw new CacheFolderProblem('is not a folder');
    if (code === 'ENOENT') throw new CacheFolderProblem('cannot be created: the folder above it is missing');
    throw new CacheFolderProblem(`cannot be created (${code ?? 'unknown'}): create it with mode 0700`);
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function writeNew(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  await file.sync();
}

const unavailable = (what: string, error: unknown): CacheUnavailable =>
  new CacheUnavailable(`The folder of the token cache cannot be ${what} (${errorCode(error) ?? 'unknown'}).`);
