import { toCredentialName, type CredentialName, type OtherVersions, type SecretStage } from '#libs/tokens';

import { MAX_NAME } from '../documents/skipped-document.ts';
import { printableVersion } from './secret-reading.ts';

/** Twice as many as one service may hold. */
const MAX_ENTRIES = 20_000;

/** A secret as ListSecrets describes it. */
interface ListEntry {
  readonly Name?: string | undefined;
  readonly DeletedDate?: Date | undefined;
  readonly SecretVersionsToStages?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** A secret under the prefix, without its value. */
export interface ListedSecret {
  readonly name: CredentialName;
  readonly secretId: string;
  /**
   * The version with each label. Null when the listing has no versions, as with some implementations other
   * than AWS's.
   */
  readonly versions: Readonly<Record<SecretStage, string | null>> | null;
}

/** A complete listing: the secrets by credential name, and the names that are not valid for a credential. */
export interface SecretListing {
  readonly secrets: ReadonlyMap<CredentialName, ListedSecret>;
  readonly skipped: readonly string[];
}

/** Gathers the pages of one listing. It keeps only what the service uses of each entry. */
export class ListingPages {
  readonly #prefix: string;
  readonly #secrets = new Map<CredentialName, ListedSecret>();
  readonly #skipped: string[] = [];
  #entries = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get listing(): SecretListing {
    return { secrets: this.#secrets, skipped: this.#skipped };
  }

  /**
   * Selects the secrets under the prefix. Some implementations other than AWS's filter loosely or not at all.
   * @throws TooManySecrets
   */
  add(entries: readonly ListEntry[]): void {
    // An endless listing may consist of empty pages.
    this.#entries += Math.max(1, entries.length);
    if (this.#entries > MAX_ENTRIES) throw new TooManySecrets();
    for (const { Name: secretId = '', DeletedDate: deletedAt, SecretVersionsToStages: stages } of entries) {
      if (!secretId.startsWith(this.#prefix) || (deletedAt ?? null) !== null) continue;
      const name = toCredentialName(secretId.slice(this.#prefix.length));
      const versions = stages === undefined ? null : readStages(stages);
      if (name === null) this.#skipped.push(secretId.slice(0, MAX_NAME + 1));
      else this.#secrets.set(name, { name, secretId, versions });
    }
  }
}

class TooManySecrets extends Error {
  override readonly name = 'TooManySecrets';
}

/** Whether the secret was created without a value. */
export const hasNoCurrent = ({ versions }: ListedSecret): boolean => versions?.AWSCURRENT === null;

/** The secret with another version in use, as a read told. */
export const withCurrent = (secret: ListedSecret, version: string): ListedSecret =>
  secret.versions === null ? secret : { ...secret, versions: { ...secret.versions, AWSCURRENT: version } };

/** The pending and the previous version, each null when it is the one in use. */
export function otherVersionsOf(secret: ListedSecret | undefined, inUse: string | null): OtherVersions {
  const other = (stage: SecretStage): string | null => {
    const version = secret?.versions?.[stage] ?? null;
    return version === inUse ? null : version;
  };
  return { pending: other('AWSPENDING'), previous: other('AWSPREVIOUS') };
}

function readStages(stages: Readonly<Record<string, readonly string[]>>): ListedSecret['versions'] {
  const holder = (stage: SecretStage): string | null => {
    const version = Object.entries(stages).find(([, labels]) => labels.includes(stage))?.[0];
    return version === undefined ? null : printableVersion(version);
  };
  return {
    AWSCURRENT: holder('AWSCURRENT'),
    AWSPENDING: holder('AWSPENDING'),
    AWSPREVIOUS: holder('AWSPREVIOUS'),
  };
}
