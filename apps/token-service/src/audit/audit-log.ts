import type { AuthenticationMethod } from '#libs/callers';

import type { LogDestination } from '../logging/log-destination.ts';

/** What is on record of one request for, or about, a token. Names tokens by their SHA-256 only. */
export interface AuditEntry {
  readonly event: 'token.requested' | 'token.reported' | 'token.revoked';
  readonly outcome: string;
  readonly caller: string | null;
  readonly method: AuthenticationMethod | null;
  /** As asked for, whether or not there is such a credential. */
  readonly credential: string;
  /** The token handed out, or named as the one to use now. */
  readonly tokenSha256: string | null;
  /** The token that was reported as rejected, or is to be revoked. */
  readonly reportedSha256: string | null;
  /** Seconds of life left in what was handed out. */
  readonly expiresIn: number | null;
  readonly requestId: string;
  /** The trace the caller says this is part of. */
  readonly traceId: string | null;
  /** Of those nobody recognised. */
  readonly clientAddress: string | null;
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

  write(entry: AuditEntry): void {
    if (this.#lines === '') {
      this.#time = new Date().toISOString();
      setImmediate(() => this.#handOver());
    }
    const { credential, tokenSha256, reportedSha256, traceId, clientAddress } = entry;
    this.#lines +=
      `{"level":"info","time":"${this.#time}","event":"${entry.event}","outcome":"${entry.outcome}"` +
      `,"caller":${quoted(entry.caller)},"authenticated_by":${quoted(entry.method)}` +
      `,"credential":${this.#escape(credential)}` +
      `,"token_sha256":${quoted(tokenSha256)},"expires_in":${entry.expiresIn}` +
      (reportedSha256 === null ? '' : `,"reported_sha256":"${reportedSha256}"`) +
      `,"request_id":"${entry.requestId}"` +
      (traceId === null ? '' : `,"trace_id":"${traceId}"`) +
      (clientAddress === null ? '}\n' : `,"client_address":"${clientAddress}"}\n`);
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

/** Of texts that hold nothing to escape: names of callers and methods, hashes. */
const quoted = (text: string | null): string => (text === null ? 'null' : `"${text}"`);
