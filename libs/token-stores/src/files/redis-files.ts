import type { SecureContext } from 'node:tls';

import { Secret } from '#libs/tokens';

import { LastGood } from './last-good.ts';
import { readSecretFile } from './read-text-file.ts';
import { RedisFilesProblem } from './redis-files-problem.ts';
import { TlsFiles, type TlsFilePaths } from './tls-files.ts';

/** The paths of the files, by the middle part of their variables. */
interface RedisFilePaths extends TlsFilePaths {
  /** REDIS_PASSWORD_FILE. */
  readonly password?: string | undefined;
}

/** A change of files: their problem while the last good value stays in force, or null: good again. */
export interface RedisFileChange {
  readonly files: 'password' | 'tls';
  readonly problem: string | null;
}

/** The files that a connection to Redis reads when it begins. A new version needs no restart. */
export class RedisFiles {
  readonly #password: LastGood<Secret> | null = null;
  readonly #tls: LastGood<SecureContext> | null = null;
  #listener: (change: RedisFileChange) => void = () => undefined;

  /**
   * Reads the files for the first time.
   * @throws RedisFilesProblem with all problems, if a file cannot be used
   */
  constructor(paths: RedisFilePaths) {
    const problems: string[] = [];
    const open = <T>(files: RedisFileChange['files'], read: () => T): LastGood<T> | null => {
      try {
        return new LastGood(read, (problem) => this.#listener({ files, problem }));
      } catch (error) {
        if (!(error instanceof RedisFilesProblem)) throw error;
        problems.push(...error.problems);
        return null;
      }
    };
    const { password, ca, cert, key } = paths;
    if (password !== undefined) this.#password = open('password', () => readPassword(password));
    if ((ca ?? cert ?? key) !== undefined) {
      const tls = new TlsFiles({ ca, cert, key });
      this.#tls = open('tls', () => tls.read());
    }
    if (problems.length > 0) throw new RedisFilesProblem(problems);
  }

  /** Sets the one listener for changes. */
  onChange(listener: (change: RedisFileChange) => void): void {
    this.#listener = listener;
  }

  /** The password for a connection that begins now; null without a file. */
  get password(): Secret | null {
    return this.#password?.get() ?? null;
  }

  /** Trust and client certificate for a connection that begins now; null without files. */
  get secureContext(): SecureContext | null {
    return this.#tls?.get() ?? null;
  }
}

function readPassword(path: string): Secret {
  try {
    const password = readSecretFile(path);
    if (/[\r\n]/.test(password)) throw new Error(`${path} has several lines, not one password`);
    return new Secret(password);
  } catch (error) {
    throw RedisFilesProblem.of('REDIS_PASSWORD_FILE', error);
  }
}
