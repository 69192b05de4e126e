import type { SecretStage, SourcedCredential } from '../model/credential.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { SkippedEntry } from '../model/source-report.ts';

/** What a complete listing left out. */
export interface SourceOmissions {
  readonly skipped: readonly SkippedEntry[];
  /** Why the listing has no credential, with the remedy; null where it has some. */
  readonly whyEmpty: string | null;
}

const NOTHING_OMITTED: SourceOmissions = { skipped: [], whyEmpty: null };

/**
 * The source could not be read completely. The credentials known so far stay in force: an outage removes
 * none.
 */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
  readonly code = 'credential_source_unavailable';
}

/** The place where platform teams store the documents that Adobe issued. */
export abstract class CredentialSource {
  /**
   * Lists every credential, unusable ones with their reason. Resolves to a complete listing or rejects,
   * within a deadline of the adapter.
   * @throws SourceUnavailable where the listing is denied, partial or missing
   */
  abstract list(): Promise<readonly SourcedCredential[]>;

  /** What the last complete listing left out. */
  get omissions(): SourceOmissions {
    return NOTHING_OMITTED;
  }

  /**
   * Reads one credential afresh, past every cache. Null where the source has no such credential or version. A
   * version read as AWSCURRENT is what `list` returns from then on, however far the listing lags behind.
   * @throws SourceUnavailable where the source cannot be asked, within a deadline of the adapter
   */
  abstract read(name: CredentialName, stage: SecretStage): Promise<SourcedCredential | null>;

  /**
   * Calls `hint` when something may have changed. A hint may be wrong, and may never come.
   * @returns a function that stops the watching
   */
  abstract watch(hint: () => void): () => void;
}
