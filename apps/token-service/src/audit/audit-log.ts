import { millis, seconds, withDeadlineOr } from '#libs/tokens';

import { Problem } from '../http/problem.ts';
import { tokenFor } from '../injection/typed-token.ts';
import type { LogDestination } from '../logging/log-destination.ts';
import { forgetToken, type AuditRecord } from './audit-record.ts';
import { auditLine } from './audit-line.ts';
import { AuditedNames } from './audited-names.ts';
import type { RefusalSampler } from './refusal-sampler.ts';
import { summaryLine } from './refusal-summary.ts';

/** The audit log; null with `AUDIT=off`. */
export const AUDIT_LOG = tokenFor<AuditLog | null>('audit log');

/** How long a token waits for its audit line to be written. */
const COMMIT_LIMIT = millis(1000);
const RETRY_AFTER_SECONDS = seconds(5);
/** When omitted refusals are summarised at the latest. */
const SUMMARY_AFTER_MS = 1000;

interface AuditLogOptions {
  /** Null: each refusal has a line of its own. */
  readonly sampler?: RefusalSampler | null;
  /** `AUDIT_REQUIRED`: whether a token waits until its line is written. */
  readonly isRequired?: boolean;
  /** Whether a text is the key of a caller. */
  readonly isKey?: (text: string) => boolean;
}

/**
 * Writes one JSON line for each audit record. The destination writes it in the background. When the reader is
 * slow, refusals give way to the lines about tokens; those of unauthenticated requests are sampled before.
 */
export class AuditLog {
  readonly #destination: LogDestination;
  readonly #sampler: RefusalSampler | null;
  readonly #isRequired: boolean;
  readonly #names: AuditedNames;
  /**
   * The lines of this turn of the event loop. Passing on each line alone would cost more than building it.
   */
  #lines = '';
  #refusals = '';
  #toCommit = '';
  #committed: PromiseWithResolvers<boolean> | null = null;
  #isFlushDue = false;
  #time = '';
  #summary: NodeJS.Timeout | null = null;

  constructor(
    destination: LogDestination,
    { sampler = null, isRequired = false, isKey = () => false }: AuditLogOptions = {},
  ) {
    this.#destination = destination;
    this.#sampler = sampler;
    this.#isRequired = isRequired;
    this.#names = new AuditedNames(isKey);
  }

  /** Writes the line of a record in the background, unless it is written already. */
  write(record: AuditRecord): void {
    if (record.writtenOutcome === record.outcome) return;
    if (record.caller === null && this.#sampler?.admits(record.clientAddress ?? '') === false) {
      this.#summary ??= setTimeout(() => this.summarise(), SUMMARY_AFTER_MS).unref();
      return;
    }
    const line = this.#line(record);
    if (record.tokenSha256 === null) this.#refusals += line;
    else this.#lines += line;
  }

  /**
   * With `AUDIT_REQUIRED`, writes the line of a token before the token is handed out. Null without: then
   * nothing is to be waited for, and `write` writes the line.
   * @throws Problem `audit_unavailable` if the line cannot be written; the promise rejects with it
   */
  beforeHandOut(record: AuditRecord): Promise<void> | null {
    return this.#isRequired ? this.#commit(record) : null;
  }

  /** Writes how many refusals have no line of their own since the last summary, if any. */
  summarise(): void {
    if (this.#summary !== null) clearTimeout(this.#summary);
    this.#summary = null;
    const omitted = this.#sampler?.takeOmitted() ?? null;
    if (omitted !== null) this.#destination.gather(summaryLine(omitted));
  }

  async #commit(record: AuditRecord): Promise<void> {
    this.#toCommit += this.#line(record);
    this.#committed ??= Promise.withResolvers<boolean>();
    if (await this.#committed.promise) {
      record.writtenOutcome = record.outcome;
      return;
    }
    forgetToken(record);
    throw new Problem('audit_unavailable', 'The record of this token cannot be written, which is required.', {
      retryAfter: RETRY_AFTER_SECONDS,
      headers: { connection: 'close' },
    });
  }

  #line(record: AuditRecord): string {
    if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      this.#time = new Date().toISOString();
      setImmediate(() => this.#flush());
    }
    return auditLine(record, this.#time, this.#names);
  }

  #flush(): void {
    const destination = this.#destination;
    this.#isFlushDue = false;
    if (this.#committed !== null) {
      this.#committed.resolve(withDeadlineOr(COMMIT_LIMIT, destination.commit(this.#toCommit), false));
      this.#toCommit = '';
      this.#committed = null;
    }
    if (this.#lines !== '') destination.gather(this.#lines);
    if (this.#refusals !== '') destination.gather(this.#refusals, 'expendable');
    this.#lines = '';
    this.#refusals = '';
  }
}
