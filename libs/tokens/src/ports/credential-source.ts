import type { SecretStage, SourcedCredential } from '../model/credential.ts';
import type { CredentialName } from '../model/credential-name.ts';

/** The source could not be read completely. What is held stays in force: an outage removes no credential. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
  readonly code = 'credential_source_unavailable';
}

/** Where platform teams keep the documents Adobe handed out. */
export abstract class CredentialSource {
  /**
   * Every credential there is now, the broken ones with their reason: a complete listing or an error, within a deadline of its own.
   * @throws SourceUnavailable where the listing is denied, partial or missing.
   */
  abstract list(): Promise<readonly SourcedCredential[]>;

  /**
   * A fresh look at one credential, past whatever is remembered; null where the source has no such credential or version.
   * What is read as AWSCURRENT is from then on what `list` knows, however far the listing lags behind.
   * @throws SourceUnavailable where the source can't be asked, within a deadline of its own.
   */
  abstract read(name: CredentialName, stage: SecretStage): Promise<SourcedCredential | null>;

  /** Calls `hint` when something may have changed; a hint may come for nothing, and may never come. Returns how to stop. */
  abstract watch(hint: () => void): () => void;
}
