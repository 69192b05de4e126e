import { seconds, SystemClock, type Clock, type Seconds } from '#libs/tokens';

import {
  authenticate,
  authenticateClient,
  refused,
  type Authentication,
  type ClientAuthentication,
  type KeyWithNameMethod,
  type Sender,
} from './authentication.ts';
import { parseCallers } from './callers-document.ts';
import { CallersFileProblem } from './callers-file-problem.ts';
import { CallersFileReader, type ReadCallersFile } from './callers-file-reader.ts';
import { digestOf, type CallerRegistry } from './caller-registry.ts';
import { CallersFileState, type CallersFileHealth } from './callers-file-state.ts';
import type { IssuerEvent } from './issuer-keys.ts';
import { JwtAuthenticator, type VerificationGate } from './jwt-authenticator.ts';
import { parseCallersApart } from './parse-callers-apart.ts';

/** About ten megabytes. With more callers than this, some tokens are verified again during their lifetime. */
const REMEMBERED_TOKENS = 10_000;
const A_DAY = seconds(86_400);
const OUTDATED = refused('callers_outdated');

interface CallersFileOptions {
  readonly clock?: Clock | undefined;
  /** After this time without a good version on disk, no caller is authenticated; null: never. */
  readonly maxAge?: Seconds | null | undefined;
  /** The longest life of a caller's JWT. */
  readonly maxJwtLife?: Seconds | undefined;
  /** Whether keys that `makeCallerKey` did not make are refused, or only reported. */
  readonly handMadeKeys?: 'warn' | 'refuse' | undefined;
}

/**
 * The callers file on disk and its last valid version. If the file becomes invalid, callers keep their
 * access.
 */
export class CallersFile {
  readonly #reader: CallersFileReader;
  readonly #state: CallersFileState;
  readonly #tokens: JwtAuthenticator;
  #listener: (event: IssuerEvent) => void = () => undefined;
  #text: string;
  #exposure: string | null;
  #registry: CallerRegistry;
  #onHandMadeKey: (caller: string) => void = () => undefined;
  readonly #warnedOf = new Set<string>();
  readonly #handMadeKeys: 'warn' | 'refuse';
  #refused: { readonly text: string; readonly problem: CallersFileProblem } | null = null;
  /** What the last reload found wrong with the file; empty where nothing. */
  #told = '';

  private constructor(
    reader: CallersFileReader,
    { text, exposure }: ReadCallersFile,
    {
      clock = new SystemClock(),
      maxAge = null,
      maxJwtLife = A_DAY,
      handMadeKeys = 'warn',
    }: CallersFileOptions,
  ) {
    this.#reader = reader;
    this.#state = new CallersFileState(clock, maxAge);
    this.#text = text;
    this.#exposure = exposure;
    this.#handMadeKeys = handMadeKeys;
    this.#registry = parse(text, reader.path);
    this.#registry.onHandMadeKey = this.#acceptHandMadeKey;
    this.#tokens = new JwtAuthenticator({
      callers: this.#registry.jwtCallers,
      clock,
      capacity: REMEMBERED_TOKENS,
      onEvent: (event) => this.#listener(event),
      maxLife: maxJwtLife,
    });
  }

  /**
   * Reads the file for the first time. There is no earlier version to fall back on.
   * @throws CallersFileProblem if the file cannot be read or is invalid.
   */
  static async open(path: string, options: CallersFileOptions = {}): Promise<CallersFile> {
    const reader = new CallersFileReader(path);
    return new CallersFile(reader, await reader.read(), options);
  }

  /**
   * Authenticates the caller of an `Authorization` header. A promise only for a JWT that is not verified yet;
   * it never rejects.
   * @param sender whose verifications count together; undefined: none counts
   */
  authenticate(header: string | undefined, sender?: Sender): Authentication | Promise<Authentication> {
    return this.#state.isOutdated ? OUTDATED : authenticate(header, this.#registry, this.#tokens, sender);
  }

  /**
   * Authenticates an OAuth client (RFC 6749 §2.3.1) by `client_id`, a caller's name, and `client_secret`, one
   * of its keys. A JWT as the secret is refused as an unknown key.
   */
  authenticateClient(name: string, secret: string, method: KeyWithNameMethod): ClientAuthentication {
    return this.#state.isOutdated
      ? OUTDATED
      : authenticateClient({ name, key: secret }, method, this.#registry);
  }

  /**
   * Authenticates an OAuth client by a JWT as its assertion (RFC 7523 §2.2): the same JWTs as in a Bearer
   * header. A promise only for one that is not verified yet; it never rejects.
   */
  authenticateAssertion(assertion: string, sender?: Sender): Authentication | Promise<Authentication> {
    if (this.#state.isOutdated) return OUTDATED;
    return this.#tokens.authenticate(assertion, digestOf(assertion), sender) ?? refused('invalid_token');
  }

  /** The callers of the last valid version. */
  get registry(): CallerRegistry {
    return this.#registry;
  }

  get state(): Pick<CallersFileState, 'confirmedAt' | 'isOutdated' | 'problem'> {
    return this.#state;
  }

  /** What every user of this machine may do with the file, and the remedy; null where that is nothing. */
  get exposure(): string | null {
    return this.#exposure;
  }

  get health(): CallersFileHealth {
    return this.#state.health(() => {
      const { size } = this.#registry;
      return [size === 1 ? '1 caller' : `${size} callers`, ...this.#tokens.problems].join('; ');
    });
  }

  /** Sets the one gate of the verifications of JWTs. */
  useGate(gate: VerificationGate): void {
    this.#tokens.useGate(gate);
  }

  /** Sets the one listener for callers that use a hand-made key. It is told of each caller once. */
  onHandMadeKey(listener: (caller: string) => void): void {
    this.#onHandMadeKey = listener;
  }

  readonly #acceptHandMadeKey = (caller: string): boolean => {
    if (!this.#warnedOf.has(caller)) this.#onHandMadeKey(caller);
    this.#warnedOf.add(caller);
    return this.#handMadeKeys === 'warn';
  };

  /** Sets the one listener for changes of the issuers' availability. */
  onIssuerEvent(listener: (event: IssuerEvent) => void): void {
    this.#listener = listener;
  }

  /** Fetches the issuers' keys that are due, in the background; returns at once. */
  refreshIssuerKeys(): void {
    this.#tokens.refreshKeys();
  }

  /** Aborts fetches of issuers' keys, and gives the reserved descriptor back. */
  close(): void {
    this.#tokens.close();
    this.#reader.close();
  }

  /** Reads the file again. Resolves to whether the callers or the health changed. */
  async reload(): Promise<boolean> {
    let isChanged = false;
    try {
      const { text, exposure } = await this.#reader.read();
      this.#exposure = exposure;
      if (text !== this.#text) {
        this.#follow(await this.#parse(text), text);
        isChanged = true;
      }
      this.#state.confirm();
    } catch (error) {
      if (!(error instanceof CallersFileProblem)) throw error;
      this.#state.fail(error);
    }
    // While all is well, the detail changes with the issuers only; those have events of their own.
    const { ok, detail } = this.health;
    const told = ok ? '' : detail;
    if (told !== this.#told) isChanged = true;
    this.#told = told;
    return isChanged;
  }

  /** A text that was refused is not parsed again each second. */
  async #parse(text: string): Promise<CallerRegistry> {
    if (this.#refused?.text === text) throw this.#refused.problem;
    try {
      return await parseCallersApart(text);
    } catch (error) {
      if (!(error instanceof CallersFileProblem)) throw error;
      const problem = namingFile(error, this.#reader.path);
      this.#refused = { text, problem };
      throw problem;
    }
  }

  #follow(registry: CallerRegistry, text: string): void {
    this.#registry = registry;
    registry.onHandMadeKey = this.#acceptHandMadeKey;
    this.#text = text;
    this.#refused = null;
    this.#tokens.follow(registry.jwtCallers);
  }
}

const namingFile = (error: CallersFileProblem, path: string): CallersFileProblem =>
  new CallersFileProblem(`${path}: ${error.message}`, { cause: error });

/** Parses a callers file. The problem names the file. */
function parse(text: string, path: string): CallerRegistry {
  try {
    return parseCallers(text);
  } catch (error) {
    throw error instanceof CallersFileProblem ? namingFile(error, path) : error;
  }
}
