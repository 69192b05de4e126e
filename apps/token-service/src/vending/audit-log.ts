import type { LogDestination } from '../logging/log-destination.ts';

/** What is on record of one request for a token. Names the token by its SHA-256 only. */
export interface AuditEntry {
  readonly outcome: string;
  readonly caller: string | null;
  readonly method: string | null;
  /** As asked for, whether or not there is such a credential. */
  readonly credential: string;
  readonly tokenSha256: string | null;
  /** Seconds of life left in what was handed out. */
  readonly expiresIn: number | null;
}

/** Who got what: one JSON line per request for a token, refused ones included, gathered and written in the background. */
export class AuditLog {
  readonly #destination: LogDestination;
  /** Distinct names are few, and most of a line's cost is escaping them. */
  readonly #escaped = new Map<string, string>();
  /** Of this turn of the event loop, and when it began: handing each line over by itself would cost more than making it. */
  #lines = '';
  #time = '';

  constructor(destination: LogDestination) {
    this.#destination = destination;
  }

  write({ outcome, caller, method, credential, tokenSha256, expiresIn }: AuditEntry): void {
    if (this.#lines === '') {
      this.#time = new Date().toISOString();
      setImmediate(() => this.#handOver());
    }
    this.#lines +=
      `{"level":"info","time":"${this.#time}","event":"token.requested","outcome":"${outcome}"` +
      `,"caller":${caller === null ? 'null' : `"${caller}"`}` +
      `,"authenticated_by":${method === null ? 'null' : `"${method}"`}` +
      `,"credential":${this.#escape(credential)}` +
      `,"token_sha256":${tokenSha256 === null ? 'null' : `"${tokenSha256}"`}` +
      `,"expires_in":${expiresIn}}\n`;
  }

  #handOver(): void {
    const lines = this.#lines;
    this.#lines = '';
    this.#destination.gather(lines);
  }

  #escape(text: string): string {
    let escaped = this.#escaped.get(text);
    if (escaped === undefined) {
      if (this.#escaped.size >= 10_000) this.#escaped.clear();
      escaped = JSON.stringify(text);
      this.#escaped.set(text, escaped);
    }
    return escaped;
  }
}
