import { readFile } from 'node:fs/promises';

import {
  authenticate,
  authenticateClient,
  type Authentication,
  type KeyWithNameMethod,
} from './authentication.ts';
import { parseCallers } from './callers-document.ts';
import { CallersFileProblem } from './callers-file-problem.ts';
import type { CallerRegistry } from './caller-registry.ts';

/** How the file is doing, as `/v1/status` shows it. */
export interface CallersFileHealth {
  readonly ok: boolean;
  readonly detail: string;
}

/** The callers file on disk and the last good version of it: a file that breaks later takes nobody's access away. */
export class CallersFile {
  readonly #path: string;
  #text: string;
  #registry: CallerRegistry;
  #problem: string | null = null;

  private constructor(path: string, text: string, registry: CallerRegistry) {
    this.#path = path;
    this.#text = text;
    this.#registry = registry;
  }

  /**
   * Reads the file for the first time, when there is no earlier version to fall back on.
   * @throws CallersFileProblem where it can't be read or used.
   */
  static async open(path: string): Promise<CallersFile> {
    const text = await read(path);
    return new CallersFile(path, text, parseCallers(text));
  }

  /**
   * Recognises the caller from an `Authorization` header. A promise only where a signature has to be checked that was
   * not checked before; it never rejects.
   */
  authenticate(header: string | undefined): Authentication | Promise<Authentication> {
    return authenticate(header, this.#registry);
  }

  /**
   * Recognises an OAuth client (RFC 6749 §2.3.1): a caller's name as its id, one of its keys as its secret. A JWT is
   * no secret of any client and is refused as a key that nobody has.
   */
  authenticateClient(name: string, secret: string, method: KeyWithNameMethod): Authentication {
    return authenticateClient({ name, key: secret }, method, this.#registry);
  }

  /** The callers in force. */
  get registry(): CallerRegistry {
    return this.#registry;
  }

  get health(): CallersFileHealth {
    return this.#problem === null
      ? { ok: true, detail: `${this.#registry.size} callers` }
      : { ok: false, detail: `${this.#problem}. The last good version stays in force.` };
  }

  /** Reads the file again. Says whether what is in force, or its health, changed. */
  async reload(): Promise<boolean> {
    const before = this.#problem;
    try {
      const text = await read(this.#path);
      if (text === this.#text && before === null) return false;
      this.#registry = parseCallers(text);
      this.#text = text;
      this.#problem = null;
      return true;
    } catch (error) {
      if (!(error instanceof CallersFileProblem)) throw error;
      this.#problem = error.message;
      return before !== this.#problem;
    }
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    throw new CallersFileProblem(`${path} can't be read (${reason})`, { cause: error });
  }
}
