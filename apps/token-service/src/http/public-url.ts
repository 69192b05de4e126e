/** Scheme, host and a path that needs no encoding. */
const PLAIN = /^https?:\/\/[^/?#@\\\s]+[\w.~/-]*$/i;

/**
 * Reads `PUBLIC_URL`; a slash at its end is dropped, as the name of an OAuth issuer is compared letter by letter.
 * @throws TypeError that says what it must be, without quoting it: somebody may have put a password there.
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

/** How callers reach this service: the OAuth issuer. Never taken from a request, whose Host header anybody can choose. */
export class PublicUrl {
  readonly #configured: string | undefined;
  readonly #host: string;
  #port: number;

  constructor(configured: string | undefined, { host, port }: Listening) {
    this.#configured = configured;
    this.#host = host.includes(':') ? `[${host}]` : host;
    this.#port = port;
  }

  /** Names the port the service got, where it left the choice to the system (`PORT=0`). */
  listensOn(port: number): void {
    this.#port = port;
  }

  /** Without a slash at its end. */
  get href(): string {
    return this.#configured ?? `http://${this.#host}:${this.#port}`;
  }

  /** What comes after host and port, if anything: a proxy's own way to this service. */
  get path(): string {
    return this.#configured === undefined ? '' : new URL(this.#configured).pathname.replace(/\/$/, '');
  }
}
