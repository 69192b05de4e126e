import { createSecureContext, type SecureContext } from 'node:tls';

import { parseCertificates, parsePrivateKey } from './pem.ts';
import { readTextFile } from './read-text-file.ts';
import { RedisFilesProblem } from './redis-files-problem.ts';

/** The paths of the files for TLS. */
export interface TlsFilePaths {
  /** REDIS_CA_FILE: PEM certificates to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** REDIS_CERT_FILE: the client certificate, PEM. */
  readonly cert?: string | undefined;
  /** REDIS_KEY_FILE: the private key of that certificate, PEM. */
  readonly key?: string | undefined;
}

type Texts = Readonly<Record<keyof TlsFilePaths, string | undefined>>;

/** The authorities to trust and the client certificate, from PEM files. */
export class TlsFiles {
  readonly #paths: TlsFilePaths;
  /** The texts of the last context: files that did not change need no new one. */
  #texts: Texts | null = null;
  #context: SecureContext | null = null;

  constructor(paths: TlsFilePaths) {
    this.#paths = paths;
  }

  /**
   * Reads the files, and parses them if they changed.
   * @throws RedisFilesProblem with all problems
   */
  read(): SecureContext {
    const { ca, cert, key } = this.#paths;
    const problems: string[] = [];
    const texts: Texts = {
      ca: readInto(problems, 'REDIS_CA_FILE', ca),
      cert: readInto(problems, 'REDIS_CERT_FILE', cert),
      key: readInto(problems, 'REDIS_KEY_FILE', key),
    };
    const last = this.#texts;
    const isSame = last?.ca === texts.ca && last?.cert === texts.cert && last?.key === texts.key;
    if (problems.length === 0 && isSame && this.#context !== null) return this.#context;
    checkInto(problems, texts, this.#paths);
    if (problems.length > 0) throw new RedisFilesProblem(problems);
    this.#context = createContext(texts);
    this.#texts = texts;
    return this.#context;
  }
}

function readInto(problems: string[], variable: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readTextFile(path);
  } catch (error) {
    problems.push(...RedisFilesProblem.of(variable, error).problems);
    return undefined;
  }
}

/** Adds the problems of the texts that could be read. */
function checkInto(problems: string[], texts: Texts, paths: TlsFilePaths): void {
  const check = <T>(name: keyof TlsFilePaths, parse: (text: string) => T): T | undefined => {
    try {
      return texts[name] === undefined ? undefined : parse(texts[name]);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.push(`REDIS_${name.toUpperCase()}_FILE: ${paths[name]} ${reason}`);
      return undefined;
    }
  };
  check('ca', parseCertificates);
  const [certificate] = check('cert', parseCertificates) ?? [];
  const key = check('key', parsePrivateKey);
  if (certificate !== undefined && key !== undefined && !certificate.checkPrivateKey(key))
    problems.push(
      `REDIS_KEY_FILE: ${paths.key} has another key than the first certificate of REDIS_CERT_FILE`,
    );
}

/** OpenSSL refuses a few texts that parse, such as keys that are too short for its security level. */
function createContext({ ca, cert, key }: Texts): SecureContext {
  try {
    return createSecureContext({ ca, cert, key });
  } catch (error) {
    throw RedisFilesProblem.of('REDIS_CA_FILE, REDIS_CERT_FILE, REDIS_KEY_FILE', error);
  }
}
