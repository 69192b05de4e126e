import type { Clock } from '../model/clock.ts';
import type { ExchangeableCredential, SourcedCredential } from '../model/credential.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { withDeadline } from '../model/deadline.ts';
import type { TokenEventListener } from '../model/events.ts';
import { MAX_SKIPPED, type SourceReport } from '../model/source-report.ts';
import { millis, type Millis } from '../model/units.ts';
import { SourceUnavailable, type CredentialSource } from '../ports/credential-source.ts';
import { outageReason } from '../ports/outage-reason.ts';
import { LossDoubts } from './loss-doubts.ts';
import { isExchangeable, LastGoodDocuments, type ExchangeableVersion } from './last-good-documents.ts';

/** Longer than the deadline of any source. */
const MAX_LISTING_TIME = millis(10 * 60_000);
const neverAnswered = () => new SourceUnavailable('The credential source did not answer in time.');

const NOT_READ: SourceReport = { ok: false, detail: 'The source was not read yet.', skipped: [] };

/** The difference between two listings of the source. */
export interface CatalogChanges {
  readonly added: readonly SourcedCredential[];
  readonly changed: readonly SourcedCredential[];
  readonly removed: readonly SourcedCredential[];
}

/**
 * The credentials as the source last listed them. Only a complete listing changes them; an outage changes
 * nothing. A listing that loses more than half of them counts only once the next one agrees.
 */
export class CredentialCatalog {
  readonly #source: CredentialSource;
  readonly #clock: Clock;
  readonly #listener: TokenEventListener;
  #credentials = new Map<CredentialName, SourcedCredential>();
  readonly #lastGood = new LastGoodDocuments();
  readonly #doubts = new LossDoubts();
  #up: boolean | null = null;
  #report: SourceReport = NOT_READ;
  #listedAt: Millis | null = null;

  constructor(source: CredentialSource, clock: Clock, listener: TokenEventListener) {
    this.#source = source;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** Whether there was a complete listing: before the first one no credential counts as removed. */
  get isKnown(): boolean {
    return this.#listedAt !== null;
  }

  /**
   * When the last complete listing that had this credential began, on the monotonic clock; 0 where none had
   * it.
   */
  listedAt(name: CredentialName): Millis {
    if (!this.#credentials.has(name)) return millis(0);
    return this.#doubts.listedAt(name) ?? this.#listedAt ?? millis(0);
  }

  /** How the last poll went. */
  get report(): SourceReport {
    return this.#report;
  }

  get(name: CredentialName): SourcedCredential | undefined {
    return this.#credentials.get(name);
  }

  /** Replaces a credential by a version that was read after the last listing. */
  put(credential: SourcedCredential): void {
    this.#credentials.set(credential.name, credential);
  }

  /** Records that this version minted the token in service. */
  noteGood(credential: SourcedCredential): void {
    this.#lastGood.note(credential);
  }

  /** The last version that minted, if it is another than this one. It is used while this one is unusable. */
  lastGood(credential: SourcedCredential): ExchangeableVersion | null {
    return this.#lastGood.otherThan(credential);
  }

  /** What IMS takes for a credential: its document or, while that is unusable, the last good one. */
  exchangeable(credential: SourcedCredential): ExchangeableCredential | null {
    return isExchangeable(credential) ? credential.content : (this.lastGood(credential)?.content ?? null);
  }

  all(): Iterable<SourcedCredential> {
    return this.#credentials.values();
  }

  /** Lists the source. Null where it could not be read completely: then everything stays as it was. */
  async poll(): Promise<CatalogChanges | null> {
    const startedAt = this.#clock.monotonic();
    let listing: readonly SourcedCredential[];
    try {
      listing = await withDeadline(MAX_LISTING_TIME, this.#source.list(), neverAnswered);
    } catch (error) {
      const reason = outageReason(error);
      if (this.#up !== false) this.#listener({ type: 'source.down', reason });
      this.#up = false;
      this.#report = { ok: false, detail: reason, skipped: this.#report.skipped };
      return null;
    }
    if (this.#up !== true) this.#listener({ type: 'source.up' });
    this.#up = true;
    const { skipped, whyEmpty } = this.#source.omissions;
    this.#report = {
      ok: listing.length > 0,
      detail: listing.length > 0 ? count(listing.length) : (whyEmpty ?? count(0)),
      skipped: skipped.slice(0, MAX_SKIPPED),
    };
    return this.#apply(listing, startedAt);
  }

  #apply(listing: readonly SourcedCredential[], startedAt: Millis): CatalogChanges {
    const before = this.#credentials;
    const after = new Map(listing.map((credential) => [credential.name, credential]));
    const lost = [...before.values()].filter(({ name }) => !after.has(name));
    const doubted = this.#doubts.weigh(lost, before.size, { startedAt, listedAt: this.#listedAt });
    for (const credential of doubted) after.set(credential.name, credential);
    this.#listedAt = startedAt;
    this.#credentials = after;
    const changed = listing.filter((credential) => {
      const known = before.get(credential.name);
      if (known === undefined || !isChanged(known, credential)) return false;
      this.#lastGood.noteReplaced(known);
      return true;
    });
    const removed = lost.filter(({ name }) => !after.has(name));
    for (const { name } of removed) this.#lastGood.forget(name);
    return { added: listing.filter(({ name }) => !before.has(name)), changed, removed };
  }
}

const count = (credentials: number): string =>
  credentials === 1 ? '1 credential' : `${credentials} credentials`;

/** A document can change without a new version: a certificate that expires turns it into a problem. */
function isChanged(before: SourcedCredential, after: SourcedCredential): boolean {
  const problem = ({ content }: SourcedCredential): string | null =>
    content.kind === 'problem' ? content.code : null;
  return (
    before.version !== after.version ||
    before.stage !== after.stage ||
    before.otherVersions.pending !== after.otherVersions.pending ||
    problem(before) !== problem(after)
  );
}
