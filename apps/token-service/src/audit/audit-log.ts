import { tokenFor } from '../injection/typed-token.ts';
import type { LogDestination } from '../logging/log-destination.ts';
import type { AuditRecord } from './audit-record.ts';
import { auditedName } from './audited-name.ts';

/** The audit log; null with `AUDIT=off`. */
export const AUDIT_LOG = tokenFor<AuditLog | null>('audit log');

/** Names of credentials that the log keeps in escaped form. */
const MAX_ESCAPED_NAMES = 10_000;

/**
 * Writes one JSON line for each audit record, refused requests included. The destination writes it in the
 * background.
 */
export class AuditLog {
  readonly #destination: LogDestination;
  /** Escaping a name is most of the cost of a line, and the names are few. */
  readonly #escaped = new Map<string, string>();
  /**
   * The lines of this turn of the event loop. Passing on each line alone would cost more than building it.
   */
  #lines = '';
  #time = '';

  constructor(destination: LogDestination) {
    this.#destination = destination;
  }

  write(record: AuditRecord): void {
    if (this.#lines === '') {
      this.#time = new Date().toISOString();
      setImmediate(() => this.#flush());
    }
    const { credential, tokenSha256, reportedSha256, traceId, clientAddress } = record;
    this.#lines +=
      `{"level":"info","time":"${this.#time}","event":"${record.event}","outcome":"${record.outcome}"` +
      `,"caller":${quoted(record.caller)},"authenticated_by":${quoted(record.method)}` +
      `,"credential":${this.#escape(credential)}` +
      `,"token_sha256":${quoted(tokenSha256)},"expires_in":${record.expiresIn}` +
      (reportedSha256 === null ? '' : `,"reported_sha256":"${reportedSha256}"`) +
      `,"request_id":"${record.requestId}"` +
      (traceId === null ? '' : `,"trace_id":"${traceId}"`) +
      (clientAddress === null ? '}\n' : `,"client_address":"${clientAddress}"}\n`);
  }

  #flush(): void {
    const lines = this.#lines;
    this.#lines = '';
    this.#destination.gather(lines);
  }

  #escape(text: string): string {
    let escaped = this.#escaped.get(text);
    if (escaped === undefined) {
      if (this.#escaped.size >= MAX_ESCAPED_NAMES) this.#escaped.clear();
      escaped = auditedName(text);
      this.#escaped.set(text, escaped);
    }
    return escaped;
  }
}

/** Quotes a text that needs no escaping: a caller's name, a method or a hash. */
const quoted = (text: string | null): string => (text === null ? 'null' : `"${text}"`);
