/** Scheme, host and a path that needs no encoding. */
const PLAIN = /^https?:\/\/[^/?#@\\\s]+[\w.~/-]*$/i;

/**
 * Reads `PUBLIC_URL`. It drops a slash at the end, because OAuth clients compare the name of an issuer
 * exactly.
 * @throws TypeError with the rule; it does not quote the value, which may have a password
 */
export function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !PLAIN.test(text)) {
    throw new TypeError(
      'must be an http or https URL without user, query and fragment, and with a plain path if any, such as https://tokens.example',
    );
  }
  return url.href.replace(/\/+$/, '');
}

interface Listening {
  readonly host: string;
  readonly port: number;
}

/**
 * The URL of this service for callers, and the OAuth issuer. No request decides it: a client chooses its Host
 * header.
 */
export class PublicUrl {
  readonly #configured: string | undefined;
  readonly #host: string;
  #port: number;

  constructor(configured: string | undefined, { host, port }: Listening) {
    this.#configured = configured;
    this.#host = host.includes(':') ? `[${host}]` : host;
    this.#port = port;
  }

  /** Sets the port that the server listens on; with `PORT=0` the operating system chooses it. */
  listensOn(port: number): void {
    this.#port = port;
  }

  /** Without a slash at the end. */
  get href(): string {
    return this.#configured ?? `http://${this.#host}:${this.#port}`;
  }

  /** The path of the URL, without a slash at the end: the prefix that a proxy maps to this service. */
  get path(): string {
    return this.#configured === undefined ? '' : new URL(this.#configured).pathname.replace(/\/$/, '');
  }
}
