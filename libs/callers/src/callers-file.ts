import { readFile } from 'node:fs/promises';

import { SystemClock, type Clock } from '#libs/tokens';

import {
  authenticate,
  authenticateClient,
  type Authentication,
  type ClientAuthentication,
  type KeyWithNameMethod,
} from './authentication.ts';
import { parseCallers } from './callers-document.ts';
import { CallersFileProblem } from './callers-file-problem.ts';
import type { CallerRegistry } from './caller-registry.ts';
import type { IssuerEvent } from './issuer-keys.ts';
import { JwtAuthenticator } from './jwt-authenticator.ts';

/** How the file is doing, as `/v1/status` shows it. */
export interface CallersFileHealth {
  readonly ok: boolean;
  readonly detail: string;
}

/** Some ten megabytes at most: more callers than this would be verified more than once in a token's life. */
const REMEMBERED_TOKENS = 10_000;

/** The callers file on disk and the last good version of it: a file that breaks later takes nobody's access away. */
export class CallersFile {
  readonly #path: string;
  readonly #tokens: JwtAuthenticator;
  #listener: (event: IssuerEvent) => void = () => undefined;
  #text: string;
  #registry: CallerRegistry;
  #problem: string | null = null;

  private constructor(path: string, text: string, clock: Clock) {
    this.#path = path;
    this.#text = text;
    this.#registry = parseCallers(text);
    this.#tokens = new JwtAuthenticator({
      callers: this.#registry.jwtCallers,
      clock,
      capacity: REMEMBERED_TOKENS,
      onEvent: (event) => this.#listener(event),
    });
  }

  /**
   * Reads the file for the first time, when there is no earlier version to fall back on.
   * @throws CallersFileProblem where it can't be read or used.
   */
  static async open(path: string, clock: Clock = new SystemClock()): Promise<CallersFile> {
    return new CallersFile(path, await read(path), clock);
  }

  /**
   * Recognises the caller from an `Authorization` header. A promise only where a signature has to be checked that was
   * not checked before; it never rejects.
   */
  authenticate(header: string | undefined): Authentication | Promise<Authentication> {
    return authenticate(header, this.#registry, this.#tokens);
  }

  /**
   * Recognises an OAuth client (RFC 6749 §2.3.1): a caller's name as its id, one of its keys as its secret. A JWT is
   * no secret of any client and is refused as a key that nobody has.
   */
  authenticateClient(name: string, secret: string, method: KeyWithNameMethod): ClientAuthentication {
    return authenticateClient({ name, key: secret }, method, this.#registry);
  }

  /** The callers in force. */
  get registry(): CallerRegistry {
    return this.#registry;
  }

  get health(): CallersFileHealth {
    return this.#problem === null
      ? {
          ok: true,
          detail: [
            this.#registry.size === 1 ? '1 caller' : `${this.#registry.size} callers`,
            ...this.#tokens.problems,
          ].join('; '),
        }
      : { ok: false, detail: `${this.#problem}. The last good version stays in force.` };
  }

  /** Tells one listener what becomes of the issuers' keys. */
  onIssuerEvent(listener: (event: IssuerEvent) => void): void {
    this.#listener = listener;
  }

  /** Fetches the keys of issuers in the background where they are due; returns at once. */
  refreshIssuerKeys(): void {
    this.#tokens.refreshKeys();
  }

  /** Lets go of the issuers. */
  close(): void {
    this.#tokens.close();
  }

  /** Reads the file again. Says whether what is in force, or its health, changed. */
  async reload(): Promise<boolean> {
    const before = this.#problem;
    try {
      const text = await read(this.#path);
      if (text === this.#text && before === null) return false;
      const registry = parseCallers(text);
      this.#problem = null;
      if (text !== this.#text) {
        this.#registry = registry;
        this.#text = text;
        this.#tokens.follow(registry.jwtCallers);
      }
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
