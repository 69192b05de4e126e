import { readFile } from 'node:fs/promises';

import { SystemClock, type Clock } from '#libs/tokens';

import {
  authenticate,
  authenticateClient,
  refused,
  type Authentication,
  type ClientAuthentication,
  type KeyWithNameMethod,
} from './authentication.ts';
import { parseCallers } from './callers-document.ts';
import { CallersFileProblem } from './callers-file-problem.ts';
import { digestOf, type CallerRegistry } from './caller-registry.ts';
import type { IssuerEvent } from './issuer-keys.ts';
import { JwtAuthenticator } from './jwt-authenticator.ts';

/** The health of the callers file, as `/v1/status` shows it. */
export interface CallersFileHealth {
  readonly ok: boolean;
  readonly detail: string;
}

/** About ten megabytes. With more callers than this, some tokens are verified again during their lifetime. */
const REMEMBERED_TOKENS = 10_000;

/**
 * The callers file on disk and its last valid version. If the file becomes invalid, callers keep their
 * access.
 */
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
    this.#registry = parse(text, path);
    this.#tokens = new JwtAuthenticator({
      callers: this.#registry.jwtCallers,
      clock,
      capacity: REMEMBERED_TOKENS,
      onEvent: (event) => this.#listener(event),
    });
  }

  /**
   * Reads the file for the first time. There is no earlier version to fall back on.
   * @throws CallersFileProblem if the file cannot be read or is invalid.
   */
  static async open(path: string, clock: Clock = new SystemClock()): Promise<CallersFile> {
    return new CallersFile(path, await read(path), clock);
  }

  /**
   * Authenticates the caller of an `Authorization` header. A promise only for a JWT that is not verified yet;
   * it never rejects.
   */
  authenticate(header: string | undefined): Authentication | Promise<Authentication> {
    return authenticate(header, this.#registry, this.#tokens);
  }

  /**
   * Authenticates an OAuth client (RFC 6749 §2.3.1) by `client_id`, a caller's name, and `client_secret`, one
   * of its keys. A JWT as the secret is refused as an unknown key.
   */
  authenticateClient(name: string, secret: string, method: KeyWithNameMethod): ClientAuthentication {
    return authenticateClient({ name, key: secret }, method, this.#registry);
  }

  /**
   * Authenticates an OAuth client by a JWT as its assertion (RFC 7523 §2.2): the same JWTs as in a Bearer
   * header. A promise only for one that is not verified yet; it never rejects.
   */
  authenticateAssertion(assertion: string): Authentication | Promise<Authentication> {
    return this.#tokens.authenticate(assertion, digestOf(assertion)) ?? refused('invalid_token');
  }

  /** The callers of the last valid version. */
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

  /** Sets the one listener for changes of the issuers' availability. */
  onIssuerEvent(listener: (event: IssuerEvent) => void): void {
    this.#listener = listener;
  }

  /** Fetches the issuers' keys that are due, in the background; returns at once. */
  refreshIssuerKeys(): void {
    this.#tokens.refreshKeys();
  }

  /** Aborts fetches of issuers' keys. */
  close(): void {
    this.#tokens.close();
  }

  /** Reads the file again. Resolves to whether the callers or the health changed. */
  async reload(): Promise<boolean> {
    const before = this.#problem;
    try {
      const text = await read(this.#path);
      if (text === this.#text && before === null) return false;
      const registry = parse(text, this.#path);
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

/** Parses a callers file. The problem names the file. */
function parse(text: string, path: string): CallerRegistry {
  try {
    return parseCallers(text);
  } catch (error) {
    if (!(error instanceof CallersFileProblem)) throw error;
    throw new CallersFileProblem(`${path}: ${error.message}`, { cause: error });
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
